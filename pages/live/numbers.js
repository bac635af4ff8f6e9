// Number boxes refuse what they cannot hold. A browser drops it without a word: of "1,5" it leaves 15.

const WRITE = 'Write digits and a decimal point, with nothing between thousands: 1234.5.'

function refuse(event) {
  const box = event.target
  if (!box.matches?.('input[type=number]')) return
  box.setCustomValidity('')
  const text = event.data ?? event.dataTransfer?.getData('text/plain') ?? ''
  if (/^[-+.\de]*$/i.test(text)) return
  event.preventDefault()
  box.setCustomValidity(WRITE)
  box.reportValidity()
}

export default function () {
  document.addEventListener('beforeinput', refuse, true)
  return () => document.removeEventListener('beforeinput', refuse, true)
}
