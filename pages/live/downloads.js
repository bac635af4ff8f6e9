// A download waits for what was typed just before it. The click on its button ends the typing, and the file behind the button is
// still that of the value before: a list would be kept under another name than the one on the screen.

const BUTTON = '[data-testid=stDownloadButton] button'
const BOX = 'input[type=text]:not([role=combobox]), input[type=number], textarea'
const STARTS = 3000  // ms within which a run starts; what was typed may change nothing
const LASTS = 10000  // ms that a run is waited for

let held = ''  // what the box held when it was entered, or at the last Enter
let changed = false  // whether the click under way has ended the typing of something else
let passes = null  // the button that may be clicked now

const isBox = (element) => element.matches?.(BOX)
const runs = () => document.querySelector('[data-testid=stApp]').dataset.testScriptState !== 'notRunning'

function enter(event) {
  if (isBox(event.target)) held = event.target.value
}

function leave(event) {
  if (isBox(event.target) && event.target.value !== held) changed = true
}

function begin(event) {
  changed = false
  if (event.key === 'Enter') enter(event)
}

async function until(condition, most) {
  const end = performance.now() + most
  while (!condition() && performance.now() < end) await new Promise(requestAnimationFrame)
}

async function click(event) {
  const button = event.target.closest?.(BUTTON)
  if (!button || passes === button || !(changed || runs())) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (changed) await until(runs, STARTS)
  changed = false
  await until(() => !runs(), LASTS)
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  passes = button
  button.click()
  passes = null
}

const HEARD = { focusin: enter, pointerdown: begin, keydown: begin, focusout: leave, click }

export default function () {
  for (const [name, listen] of Object.entries(HEARD)) document.addEventListener(name, listen, true)
  return () => {
    for (const [name, listen] of Object.entries(HEARD)) document.removeEventListener(name, listen, true)
  }
}
