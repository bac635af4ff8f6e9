// Tab goes into an open popover and out again. Streamlit draws it at the end of the document, behind all else that Tab reaches.

const BUTTON = '[data-testid=stPopoverButton][aria-expanded=true]'
const CAN_HAVE_FOCUS = 'a[href], button, input, select, textarea, summary, [tabindex]'

const open = () => [document.querySelector(BUTTON), document.querySelector('[data-testid=stPopoverBody]')]

const reached = (body) => [...body.querySelectorAll(CAN_HAVE_FOCUS)].filter(
  (each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility(),
)

// From what has the focus here the browser takes the step itself: into the popover, or on to what follows its button.
function step(event) {
  const [button, body] = open()
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

export default function () {
  document.addEventListener('keydown', step, true)
  return () => document.removeEventListener('keydown', step, true)
}
