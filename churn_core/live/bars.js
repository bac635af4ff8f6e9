// The component: what each choice earns and spends, as a pair of bars under its name. This file goes with svg.js and table.js into one module.
// Python says every word and number; the browser places them, for the width that there is. A screen reader gets the table.

const ROW = { height: 66, name: 15, profit: 22, spend: 40, bar: 16 }
const AXIS = 44 // pixels below the rows: ticks and what they are of
const BESIDE = 150 // pixels to the right of the longest bar, for the words beside it

function hatch(svg, color) {
  const pattern = drawn(drawn(svg, 'defs', {}), 'pattern', { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' })
  drawn(pattern, 'rect', { width: 2, height: 6, fill: color })
}

function drawBars(svg, { rows, ticks, axis, palette }) {
  const width = svg.clientWidth || 640
  const height = rows.length * ROW.height + AXIS
  svg.replaceChildren()
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  svg.style.height = `${height}px`
  hatch(svg, palette.quiet)
  const low = Math.min(0, ...rows.map((row) => row.profit))
  const high = Math.max(1, ...rows.flatMap((row) => [row.profit, row.spend]))
  const x = (value) => 4 + ((value - low) / (high - low)) * (width - BESIDE - 4)
  const bottom = height - AXIS
  for (const [value, text] of ticks) {
    if (value < low || value > high) continue
    drawn(svg, 'line', { x1: x(value), x2: x(value), y1: 4, y2: bottom, stroke: value === 0 ? palette.quiet : palette.grid })
    const end = value === low || x(value) < 20 ? 'start' : 'middle'
    drawn(svg, 'text', { x: x(value), y: bottom + 16, 'text-anchor': end, class: 'tick' }, text)
  }
  drawn(svg, 'text', { x: (width - BESIDE) / 2, y: height - 6, 'text-anchor': 'middle', class: 'tick' }, axis)
  rows.forEach((row, i) => {
    const top = i * ROW.height
    drawn(svg, 'text', { x: x(0) + 2, y: top + ROW.name, 'font-weight': row.chosen ? 650 : 400, class: 'name' }, row.name)
    const bar = (value, y, color, opacity) => {
      const from = { x: x(Math.min(0, value)), y: top + y, width: Math.abs(x(value) - x(0)), height: ROW.bar }
      drawn(svg, 'rect', { ...from, fill: row.forbidden ? 'url(#hatch)' : color, opacity })
    }
    bar(row.profit, ROW.profit, palette.chosen, row.chosen ? 1 : 0.45)
    bar(row.spend, ROW.spend, palette.quiet, 1)
    row.beside.forEach((text, line) => {
      const at = { x: x(Math.max(0, row.profit, row.spend)) + 8, y: top + [ROW.profit, ROW.spend][line] + 13 }
      drawn(svg, 'text', { ...at, class: 'beside' }, text)
    })
  })
}

export default function ({ data, parentElement }) {
  const svg = parentElement.querySelector('svg')
  svg.setAttribute('aria-label', data.message)
  tell(parentElement.querySelector('table'), data.columns, data.rows.map((row) => row.cells))
  const paint = () => drawBars(svg, data)
  const observer = new ResizeObserver(paint)
  observer.observe(parentElement.querySelector('.bars'))
  paint()
  return () => observer.disconnect()
}
