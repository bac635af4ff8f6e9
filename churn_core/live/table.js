// A table of words as HTML. Whoever wrote the words, they are text.

function tell(table, columns, rows) {
  const line = (place, cells, head) => {
    const row = place.appendChild(document.createElement('tr'))
    cells.forEach((text, i) => {
      const cell = row.appendChild(document.createElement(head || i === 0 ? 'th' : 'td'))
      cell.textContent = text
      if (cell.tagName === 'TH') cell.scope = head ? 'col' : 'row'
    })
  }
  const [top, body] = [table.tHead ?? table.createTHead(), table.tBodies[0] ?? table.createTBody()]
  for (const part of [top, body]) part.replaceChildren()
  line(top, columns, true)
  for (const row of rows) line(body, row, false)
}

const MOST_ROWS = 50

// Which of so many points a table shows: all of few, else every so many and the last.
function evenly(points) {
  const every = Math.max(1, Math.ceil(points / MOST_ROWS))
  return Array.from({ length: points }, (_, k) => k).filter((k) => k % every === 0 || k === points - 1)
}

// ---- the numbers of a chart, folded below it: made when they are asked for -------------------------------------------

// `numbers` gives {tables: [{columns, rows, about}], marks}; `message` is what the chart says, and so what it is called.
function fold(details, message, numbers) {
  if (!details.firstChild) details.innerHTML = '<summary>Numbers<span class="unseen"></span></summary><div role="group" tabindex="0"></div>'
  const place = details.querySelector('div')
  details.querySelector('span').textContent = ` of the chart “${message}”`
  place.setAttribute('aria-label', `Numbers of the chart “${message}”`)
  const fill = () => {
    if (!details.open) return
    place.replaceChildren()
    const { tables, marks } = numbers()
    for (const { columns, rows, about } of tables) {
      const table = place.appendChild(document.createElement('table'))
      tell(table, columns, rows)
      if (about) table.createCaption().textContent = about
    }
    if (marks.length) {
      const list = place.appendChild(document.createElement('ul'))
      for (const mark of marks) list.appendChild(document.createElement('li')).textContent = mark
    }
  }
  details.ontoggle = fill
  fill()
}
