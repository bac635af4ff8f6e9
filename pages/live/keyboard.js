// Where the keyboard goes: into an open popover and out again, and to the headline when what it was on is gone with its page or step.

const BUTTON = '[data-testid=stPopoverButton][aria-expanded=true]'
const CAN_HAVE_FOCUS = 'a[href], button, input, select, textarea, summary, [tabindex]'
const RUNS = { attributes: true, attributeFilter: ['data-test-script-state'] }

let last = null  // what had the focus last
let shown = ''  // the page and its headline at that time

const reached = (body) => [...body.querySelectorAll(CAN_HAVE_FOCUS)].filter(
  (each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility(),
)

// Streamlit draws a popover at the end of the document, behind all else that Tab reaches. From what has the focus here the browser
// takes the step itself: into the popover, or on to what follows its button.
function step(event) {
  const button = document.querySelector(BUTTON)
  const body = document.querySelector('[data-testid=stPopoverBody]')
  if (event.key !== 'Tab' || !button || !body) return
  const at = document.activeElement
  const inside = reached(body)
  if (at === button && !event.shiftKey) {
    body.tabIndex = -1
    body.focus()
  } else if (at === inside.at(-1) && !event.shiftKey) {
    button.focus()
  } else if ((at === inside[0] || at === body) && event.shiftKey) {
    event.preventDefault()
    button.focus()
  }
}

const headline = () => document.querySelector('[data-testid=stMain] h1')
const inView = () => `${location.pathname} ${headline()?.textContent}`

function remember(event) {
  last = event.target
  shown = inView()
}

// Without this the next Tab goes on from where the control was, in the middle of what has come.
function find() {
  if (!last || last.isConnected || document.activeElement !== document.body || inView() === shown) return
  const place = headline() ?? document.querySelector('[data-testid=stMain]')
  place.tabIndex = -1
  place.focus()
}

export default function () {
  const runs = new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(find)))
  runs.observe(document.querySelector('[data-testid=stApp]'), RUNS)
  document.addEventListener('keydown', step, true)
  document.addEventListener('focusin', remember, true)
  return () => {
    runs.disconnect()
    document.removeEventListener('keydown', step, true)
    document.removeEventListener('focusin', remember, true)
  }
}
