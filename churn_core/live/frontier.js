// The component: what the best offers earn at every budget, and a budget that is dragged. This file goes with formats.js and svg.js
// into one module. Python sends the frontier as points of rising spend, between which it is straight, and its own answer after each
// release; that answer stands.

// ---- what the frontier says of a budget ----------------------------------------------------------------------------

// At this budget, null for no limit: expected profit, and customers for each offer.
export function atBudget({ spend, profit, customers }, budget) {
  const last = spend.length - 1
  if (last < 0 || (budget !== null && budget < spend[0])) return { profit: 0, customers: customers.map(() => 0) }
  if (budget === null || budget >= spend[last]) return { profit: profit[last], customers: customers.map((each) => each[last]) }
  let [low, high] = [0, last] // spend[low] ≤ budget < spend[high]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (spend[middle] <= budget) low = middle
    else high = middle
  }
  const share = (budget - spend[low]) / (spend[high] - spend[low])
  const between = (values) => values[low] + share * (values[high] - values[low])
  return { profit: between(profit), customers: customers.map(between) }
}

export function figuresAt(frontier, budget, next, currency) {
  const now = atBudget(frontier, budget)
  const more = budget === null ? 0 : atBudget(frontier, budget + next).profit - now.profit
  return {
    budget: budget === null ? 'no limit' : price(budget, currency),
    profit: money(now.profit, currency),
    next: money(more, currency),
    customers: now.customers.map(count),
  }
}

// ---- the drawing ---------------------------------------------------------------------------------------------------

function drawFrontier(svg, { frontier, top, next, today, palette, currency }, budget) {
  const { spend, profit } = frontier
  const width = svg.clientWidth || 720
  const height = svg.clientHeight || 280
  svg.replaceChildren()
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  const highest = 1.12 * Math.max(1, ...profit)
  const bottom = height - FRAME.bottom
  const x = (b) => FRAME.left + (Math.min(b, top) / top) * (width - FRAME.left - FRAME.right)
  const y = (p) => FRAME.top + (1 - p / highest) * (bottom - FRAME.top)
  const step = niceStep(highest, 5)
  for (let k = 0; k * step <= highest; k++) {
    const at = y(k * step)
    drawn(svg, 'line', { x1: FRAME.left, x2: width - FRAME.right, y1: at, y2: at, stroke: k ? palette.grid : palette.quiet })
    drawn(svg, 'text', { x: FRAME.left - 8, y: at + 4, 'text-anchor': 'end', class: 'tick' }, compact(k * step, currency))
  }
  const along = niceStep(top, width < 400 ? 3 : 5)
  for (let k = 0; k * along <= top * 1.001; k++) {
    drawn(svg, 'text', { x: x(k * along), y: height - 20, 'text-anchor': 'middle', class: 'tick' }, compact(k * along, currency))
  }
  drawn(svg, 'text', { x: (FRAME.left + width) / 2, y: height - 4, 'text-anchor': 'middle', class: 'tick' }, 'Budget')
  if (budget !== null && budget < top) {
    const band = { x: x(budget), width: Math.max(3, x(budget + next) - x(budget)), y: FRAME.top, height: bottom - FRAME.top }
    drawn(svg, 'rect', { ...band, fill: palette.reference, opacity: 0.35, class: 'next' })
  }
  const beyond = [[top, profit.at(-1) ?? 0]]
  const points = [[spend[0] ?? 0, 0], ...spend.map((s, k) => [s, profit[k]]), ...beyond]
  const path = points.map(([s, p]) => `${x(s).toFixed(1)},${y(p).toFixed(1)}`).join(' ')
  drawn(svg, 'polyline', { points: path, fill: 'none', stroke: palette.chosen, 'stroke-width': 2.5 })
  const upright = (b, attributes) => drawn(svg, 'line', { x1: x(b), x2: x(b), y1: FRAME.top, y2: bottom, ...attributes })
  const said = (b, row, text) => {
    const left = x(b) > 0.6 * width
    const place = { x: x(b) + (left ? -6 : 6), y: bottom - 10 - 18 * row, 'text-anchor': left ? 'end' : 'start' }
    drawn(svg, 'text', { ...place, class: 'mark' }, text)
  }
  if (today !== null && today <= top) {
    upright(today, { stroke: palette.stayed, 'stroke-width': 2, 'stroke-dasharray': '8 4', class: 'today' })
    said(today, 0, `today ${compact(today, currency)}`)
  }
  const moving = budget ?? top
  upright(moving, { class: 'moving' })
  drawn(svg, 'circle', { cx: x(moving), cy: y(atBudget(frontier, budget).profit), r: 6.5, fill: palette.chosen, class: 'best' })
  if (budget !== null && budget < top) said(budget, 1, `the next ${compact(next, currency)}`)
}

// ---- the numbers of the curve, for the table below it ---------------------------------------------------------------

function numbersOf({ frontier, names, today, currency }) {
  const { spend, profit, customers } = frontier
  const rows = evenly(spend.length)
  return {
    tables: [
      {
        columns: ['Budget', 'Expected profit', ...names.map((name) => `Customers: ${name}`)],
        rows: rows.map((k) => [money(spend[k], currency), money(profit[k], currency), ...customers.map((each) => count(each[k]))]),
        about: rows.length < spend.length ? `${count(rows.length)} of ${count(spend.length)} budgets, evenly chosen` : '',
      },
    ],
    marks: today === null ? [] : [`Budget today: ${price(today, currency)}`],
  }
}

// ---- the component -------------------------------------------------------------------------------------------------

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector('.frontier')
  const find = (selector) => root.querySelector(selector)
  const state = (root.state ??= { sent: 0, dragging: false })
  const slider = find('input')
  state.data = data
  if (data.seen >= state.sent && !state.dragging) {
    state.budget = data.today
    state.answer = data.answer
  }

  const paint = (announce) => {
    const { frontier, names, next, top, step, currency } = state.data
    Object.assign(slider, { min: 0, max: top, step })
    const at = state.budget === null ? top : Math.min(state.budget, top)
    if (Number(slider.value) !== at) slider.value = at
    const text = { ...figuresAt(frontier, state.budget, next, currency), ...state.answer }
    find('[data-of=budget]').textContent = text.budget
    slider.setAttribute('aria-valuetext', text.budget)
    find('[data-label=next]').textContent = `The next ${price(next, currency)} of budget earns`
    for (const name of ['profit', 'next']) find(`[data-figure=${name}]`).textContent = text[name]
    const rows = [...root.querySelectorAll('[data-offer]')]
    if (rows.length !== names.length) {
      rows.forEach((row) => row.remove())
      names.forEach((_, j) => {
        const row = find('dl').appendChild(document.createElement('div'))
        row.dataset.offer = j
        row.append(document.createElement('dt'), document.createElement('dd'))
      })
    }
    root.querySelectorAll('[data-offer]').forEach((row, j) => {
      row.firstChild.textContent = names[j]
      row.lastChild.textContent = text.customers[j]
    })
    const told = state.budget === null ? 'Without a limit' : `With ${text.budget}`
    const title = `${told} the best offers are expected to earn ${text.profit}`
    find('.title').textContent = title
    const offers = names.map((name, j) => `${name} ${text.customers[j]}`).join(', ')
    const whole = `${title}. The next ${price(next, currency)} of budget earns ${text.next}. Customers: ${offers}.`
    if (announce) find('[role=status]').textContent = whole
    find('svg').setAttribute('aria-label', whole)
    drawFrontier(find('svg'), state.data, state.budget)
    fold(find('details'), title, () => numbersOf(state.data))
    root.dataset.answered = state.answer ? state.data.seen : '' // whose figures these are: Python's, or the finger's
  }

  slider.oninput = slider.onchange = (event) => {
    const value = Number(slider.value)
    state.budget = value >= state.data.top ? null : value
    state.answer = null // the finger leads until Python has answered
    state.dragging = event.type === 'input'
    paint(event.type === 'change')
    if (event.type === 'change') setStateValue('moved', { budget: state.budget, sequence: ++state.sent })
  }
  // A slider brought back to where it was fires no change: then nothing was released, and Python's answer stands again.
  const settle = () => {
    if (!state.dragging) return
    state.dragging = false
    if (state.data.seen < state.sent) return // an answer is still on its way
    Object.assign(state, { budget: state.data.today, answer: state.data.answer })
    state.paint(false)
  }
  slider.onpointerup = slider.ontouchend = () => setTimeout(settle)
  state.paint = paint
  state.observer ??= new ResizeObserver(() => state.paint(false))
  state.observer.observe(root)
  paint(false)
  return () => state.observer.disconnect()
}
