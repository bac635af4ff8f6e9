// The file that is taken along: the component computes without Python, and the link follows the sliders.

const given = JSON.parse(document.getElementById('data').textContent)
const [place, link, back] = ['live', 'link', 'back'].map((id) => document.getElementById(id))
const reported = link.href
const dark = matchMedia('(prefers-color-scheme: dark)')

function moved(name, values) {
  if (name !== 'moved') return
  const address = new URL(reported)
  for (const slider of Object.keys(given.live.ranges)) address.searchParams.set(slider, values[slider])
  show(address.href, true)
}

function show(address, isMoved) {
  link.href = address
  document.getElementById('address').textContent = address
  back.hidden = document.getElementById('moved').hidden = !isMoved
  document.body.classList.toggle('moved', isMoved)
}

const draw = (isDark) =>
  campaign({ data: { ...given.live, palette: given.palettes[isDark ? 'dark' : 'light'] }, parentElement: place, setStateValue: moved })

back.onclick = () => {
  place.querySelector('.campaign').state = undefined
  draw(dark.matches)
  show(reported, false)
}
dark.onchange = () => draw(dark.matches)
addEventListener('beforeprint', () => draw(false)) // paper is white
addEventListener('afterprint', () => draw(dark.matches))
draw(dark.matches)
