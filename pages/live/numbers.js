// Number boxes refuse what they cannot hold. A browser drops it without a word: of "1,5" it leaves 15.

const WRITE = 'Write digits and a decimal point, with nothing between thousands: 1234.5.'
const PART = /^[-+.\de]*$/i
const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')

let held = ''  // what the box held before its number was typed: at the last Enter, or when it was entered or emptied
let refused = null  // the box whose number is refused, as long as somebody types on

const isNumberBox = (element) => element.matches?.('input[type=number]')

function say(box) {
  box.setCustomValidity(WRITE)
  box.reportValidity()
}

function refuse(event) {
  const box = event.target
  if (!isNumberBox(box)) return
  refused = null
  box.setCustomValidity('')
  const text = event.data ?? event.dataTransfer?.getData('text/plain') ?? ''
  if (PART.test(text)) return
  event.preventDefault()
  say(box)
}

// Typed key by key the whole number is refused, not the one key: the box holds again what it held, and neither the keys that
// follow nor Enter are taken, until the first other key or a click.
function type(event) {
  const box = event.target
  if (!isNumberBox(box)) return
  const typed = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
  if (!typed && event.key !== 'Enter' && event.key !== 'Shift') begin(event)
  if (event.key === 'Enter' && refused !== box) held = box.value
  if (refused !== box && (!typed || PART.test(event.key))) return
  if (event.key === 'Shift') return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (refused !== box) {
    value.set.call(box, held)
    box.dispatchEvent(new Event('input', { bubbles: true }))
  }
  refused = box
  say(box)
}

function begin(event) {
  if (!isNumberBox(event.target)) return
  event.target.setCustomValidity('')
  refused = null
}

function hold(event) {
  if (isNumberBox(event.target) && !/^insert/.test(event.inputType ?? '')) held = event.target.value
}

const HEARD = { beforeinput: refuse, keydown: type, pointerdown: begin, focusout: begin, focusin: hold, input: hold }

export default function () {
  for (const [name, listen] of Object.entries(HEARD)) document.addEventListener(name, listen, true)
  return () => {
    for (const [name, listen] of Object.entries(HEARD)) document.removeEventListener(name, listen, true)
  }
}
