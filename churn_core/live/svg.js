// What every drawing of ours as SVG is made of: the frame of a chart, an element, and steps of an axis.

const SVG = 'http://www.w3.org/2000/svg'
const FRAME = { left: 64, right: 14, top: 14, bottom: 40 }

function drawn(svg, name, attributes, text) {
  const element = svg.appendChild(document.createElementNS(SVG, name))
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  if (text !== undefined) element.textContent = text
  return element
}

function niceStep(range, most) {
  const rough = range / most
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * [1, 2, 5, 10].find((times) => times * power >= rough)
}
