// The campaign under the finger: the same economics as churn_core/campaign, computed and drawn while a slider moves.
// Python sends the customers once, in falling order of score, and its own answer after each release; that answer stands.
// Names and formulas are those of ECONOMICS.md. A browser test holds this file against Python.

// Python's constants: they come with the data.
let NOISE // a profit smaller than this share of its stake is the rounding noise of floats, and counts as nothing
let Z // standard errors on either side of an estimate
let PLATEAU_SHARE // share of the best profit that a threshold on the plateau may lose
let CURVE_POINTS // what a curve of this width can show

export function use(constants) {
  ;({ noise: NOISE, z: Z, plateau_share: PLATEAU_SHARE, curve_points: CURVE_POINTS } = constants)
}

// ---- economics -----------------------------------------------------------------------------------------------------

export function clvMultiple(c) {
  if (c.monthly_survival === 0) return c.margin
  const logQ = Math.log(c.monthly_survival) - Math.log1p(c.annual_discount) / 12
  return c.margin * (logQ === 0 ? c.clv_months : Math.expm1(c.clv_months * logQ) / Math.expm1(logQ))
}

// u = p·gain − stake and e of one customer; `p` is a probability, or what happened (0 or 1)
function profitOf(p, clv, c) {
  const lost = c.incentive_uptake * c.incentive + c.backfire_rate * clv
  const stake = c.retention_cost + lost
  const profit = p * (c.success_rate * (clv - c.incentive) + lost) - stake
  return Math.abs(profit) <= NOISE * stake ? 0 : profit
}

function spendOf(p, c) {
  return c.retention_cost + c.incentive * (p * c.success_rate + (1 - p) * c.incentive_uptake)
}

const isAllowed = (earned, spent, { budget = null, min_roi: minRoi = null }) =>
  (budget === null || spent <= budget * (1 + NOISE)) &&
  (minRoi === null || earned >= minRoi * spent * (1 - NOISE))

// Which of the candidates (profit and spend with the fixed cost, 0 being the empty campaign) the plan takes.
function bestOf(profit, spend, plan) {
  const { min_marginal_roi: h = 0, fixed_cost: fixed } = plan
  const worth = profit.map((earned, k) => {
    if (k === 0) return 0
    return isAllowed(earned, spend[k], plan) ? earned + fixed - (h ?? 0) * (spend[k] - fixed) : -Infinity
  })
  const highest = worth.reduce((a, b) => Math.max(a, b))
  const noise = NOISE * profit.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  const k = worth.findIndex((value) => value >= highest - noise)
  return profit[k] > noise + NOISE * fixed ? k : 0
}

// Every single threshold: {n, threshold, profit, spend} of each candidate, the empty campaign first.
export function sweep(customers, plan) {
  const { score } = customers
  const candidates = { n: [0], threshold: [null], profit: [0], spend: [0] }
  const value = perCustomer(customers, plan)
  let profit = 0
  let spend = 0
  for (let i = 0; i < score.length; i++) {
    profit += value.profit[i]
    spend += value.spend[i]
    if (score[i] === score[i + 1]) continue // a tie is never split
    candidates.n.push(i + 1)
    candidates.threshold.push(score[i])
    candidates.profit.push(profit - plan.fixed_cost)
    candidates.spend.push(spend + plan.fixed_cost)
  }
  return candidates
}

function perCustomer({ score, value, perValue }, plan) {
  const multiple = perValue ? clvMultiple(plan) : 1
  const profit = new Float64Array(score.length)
  const spend = new Float64Array(score.length)
  for (let i = 0; i < score.length; i++) {
    profit[i] = profitOf(score[i], multiple * value[i], plan)
    spend[i] = spendOf(score[i], plan)
  }
  return { profit, spend }
}

// The positions of the customers that the plan contacts when it decides customer by customer.
export function choose(customers, plan) {
  const { profit, spend } = perCustomer(customers, plan)
  const { budget = null, min_roi: minRoi = null, min_marginal_roi: h = 0, fixed_cost: fixed } = plan
  const found = []
  const affordable = (i) => budget === null || spend[i] + fixed <= budget * (1 + NOISE) // alone, or it can be on no list
  profit.forEach((u, i) => u > 0 && u >= (h ?? 0) * spend[i] * (1 - NOISE) && affordable(i) && found.push(i))
  if (budget === null && minRoi === null) {
    return found.reduce((sum, i) => sum + profit[i], 0) > fixed * (1 + NOISE) ? found : []
  }
  const rate = (i) => (spend[i] > 0 ? profit[i] / spend[i] : Infinity)
  const byRate = (a, b) => (rate(a) === rate(b) ? 0 : rate(b) - rate(a))
  found.sort((a, b) => (budget === null ? 0 : byRate(a, b)) || profit[b] - profit[a])
  const earned = [0]
  const spent = [0]
  for (const i of found) {
    const first = earned.length === 1
    earned.push(earned.at(-1) + profit[i] - (first ? fixed : 0))
    spent.push(spent.at(-1) + spend[i] + (first ? fixed : 0))
  }
  return found.slice(0, bestOf(earned, spent, plan))
}

// What a list does: expected, and half the interval of its profit by what happened to as many customers.
function outcomeOf(customers, plan, list, threshold) {
  const { score, value, perValue, churned } = customers
  const multiple = perValue ? clvMultiple(plan) : 1
  let profit = list.length ? -plan.fixed_cost : 0
  let spend = list.length ? plan.fixed_cost : 0
  const realised = []
  for (const i of list) {
    profit += profitOf(score[i], multiple * value[i], plan)
    spend += spendOf(score[i], plan)
    if (churned) realised.push(profitOf(churned[i], multiple * value[i], plan))
  }
  const n = score.length // over all customers: who is not contacted earns 0
  const mean = realised.reduce((a, b) => a + b, 0) / n
  const squares = realised.reduce((sum, z) => sum + (z - mean) ** 2, (n - realised.length) * mean ** 2)
  const halfWidth = churned && n > 1 ? Z * Math.sqrt((squares / (n - 1)) * n) : 0
  return { contacted: list.length, profit, spend, roi: spend > 0 ? profit / spend : null, threshold, halfWidth }
}

const first = (n) => Array.from({ length: n }, (_, i) => i)

// Everything that the page shows of a plan.
export function evaluate(customers, plan) {
  const candidates = sweep(customers, plan)
  const k = bestOf(candidates.profit, candidates.spend, plan)
  const byThreshold = outcomeOf(customers, plan, first(candidates.n[k]), candidates.threshold[k])
  const byCustomer = outcomeOf(customers, plan, choose(customers, plan), null)
  return { candidates, best: k, byThreshold, byCustomer, chosen: plan.rule === 'per_customer' ? byCustomer : byThreshold }
}

// Allowed thresholds around the best that lose no more than the plateau allows, as [lowest, highest].
export function plateau({ profit, spend, threshold }, k, plan) {
  if (k === 0) return null
  const last = plan.min_marginal_roi ? k : profit.length - 1 // no contact beyond the best brings the demanded ROI
  const good = (i) => i > 0 && i <= last && profit[i] >= (1 - PLATEAU_SHARE) * profit[k] && isAllowed(profit[i], spend[i], plan)
  let [low, high] = [k, k]
  while (good(low + 1)) low++
  while (good(high - 1)) high--
  return [threshold[low], threshold[high]]
}

// The break-even of a customer with the average value: where one threshold is to be expected.
export function averageBreakEven({ value, perValue }, plan) {
  const clv = (perValue ? clvMultiple(plan) : 1) * (value.reduce((a, b) => a + b, 0) / value.length)
  const lost = plan.incentive_uptake * plan.incentive + plan.backfire_rate * clv
  const gain = plan.success_rate * (clv - plan.incentive) + lost
  return gain > 0 ? (plan.retention_cost + lost) / gain : Infinity
}

// ---- words: as pages/parts/words.py --------------------------------------------------------------------------------

const count = (n) => n.toLocaleString('en-US')
const percent = (share, decimals = 1) =>
  share === null || !Number.isFinite(share) ? '—' : `${(100 * share).toFixed(decimals)}%`.replace('-', '−')

export function money(value, currency) {
  if (value === 0) return `${currency}0`
  const unit = 10 ** (2 - Math.floor(Math.log10(Math.abs(value))))
  const rounded = Math.round(Math.abs(value) * unit) / unit
  const decimals = 2 - Math.floor(Math.log10(rounded)) // 999,999 rounds up into one digit more
  const sign = value < 0 ? '−' : ''
  if (rounded >= 1e6) return `${sign}${currency}${(rounded / 1e6).toFixed(Math.max(decimals + 6, 0))} million`
  const places = Math.max(decimals, 0)
  const digits = { minimumFractionDigits: places, maximumFractionDigits: places }
  return sign + currency + rounded.toLocaleString('en-US', digits)
}

const isLimited = (plan) => ['budget', 'min_roi', 'min_marginal_roi'].some((name) => (plan[name] ?? null) !== null)

function headline(outcome, plan, customers, currency) {
  if (!outcome.contacted) return `Contact nobody: ${isLimited(plan) ? 'within these limits' : 'at these parameters'} no contact pays`
  const who = plan.rule === 'per_customer' ? 'each above their own break-even' : `everyone above ${percent(outcome.threshold)}`
  return (
    `Contact ${count(outcome.contacted)} of ${count(customers.score.length)} customers, ${who}: expected profit ` +
    `${money(outcome.profit, currency)} ±\u00a0${money(outcome.halfWidth, currency)} on ${money(outcome.spend, currency)} spent, ` +
    `ROI ${percent(outcome.roi, 0)}`
  )
}

const figures = ({ byThreshold, chosen }, currency) => ({
  threshold: percent(byThreshold.threshold),
  contacted: count(chosen.contacted),
  profit: money(chosen.profit, currency),
  spend: money(chosen.spend, currency),
  roi: percent(chosen.roi, 0),
})

// ---- drawing -------------------------------------------------------------------------------------------------------

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

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

function drawCurve(svg, result, marks, palette, currency) {
  const { threshold, profit, n } = result.candidates
  const width = svg.clientWidth || 720
  const height = svg.clientHeight || 330
  svg.replaceChildren()
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  const shown = [1]
  const every = Math.max(1, n.at(-1) / CURVE_POINTS)
  for (let k = 2; k < n.length; k++) if (n[k] - n[shown.at(-1)] >= every || k === n.length - 1 || k === result.best) shown.push(k)
  const drawnProfits = shown.map((k) => profit[k] ?? 0)
  const lowest = Math.min(0, ...drawnProfits)
  const highest = Math.max(1, ...drawnProfits) * 1.15
  const x = (t) => FRAME.left + t * (width - FRAME.left - FRAME.right)
  const y = (p) => FRAME.top + ((highest - p) / (highest - lowest)) * (height - FRAME.top - FRAME.bottom)
  const step = niceStep(highest - lowest, 5)
  for (let p = Math.ceil(lowest / step) * step; p <= highest; p += step) {
    drawn(svg, 'line', { x1: FRAME.left, x2: width - FRAME.right, y1: y(p), y2: y(p), stroke: p === 0 ? palette.quiet : palette.grid })
    const label = (p < 0 ? '−' : '') + currency + compact.format(Math.abs(p) < step / 1e6 ? 0 : Math.abs(p))
    drawn(svg, 'text', { x: FRAME.left - 8, y: y(p) + 4, 'text-anchor': 'end', class: 'tick' }, label)
  }
  for (let t = 0; t <= 1.001; t += 0.2) {
    drawn(svg, 'text', { x: x(t), y: height - 20, 'text-anchor': 'middle', class: 'tick' }, percent(t, 0))
  }
  drawn(svg, 'text', { x: x(0.5), y: height - 4, 'text-anchor': 'middle', class: 'tick' }, 'Threshold (churn probability)')
  const labels = []
  if (marks.plateau) {
    const [low, high] = marks.plateau.map(x)
    const band = { x: low, width: Math.max(2, high - low), y: FRAME.top, height: height - FRAME.top - FRAME.bottom }
    drawn(svg, 'rect', { ...band, fill: palette.chosen, opacity: 0.18 })
    labels.push([high, `within ${percent(PLATEAU_SHARE, 0)} of the best`])
  }
  const upright = (t, color, dash, text) => {
    const at = { x1: x(t), x2: x(t), y1: FRAME.top, y2: height - FRAME.bottom }
    drawn(svg, 'line', { ...at, stroke: color, 'stroke-width': 2, 'stroke-dasharray': dash })
    labels.push([x(t), text])
  }
  if (marks.breakEven <= 1) upright(marks.breakEven, palette.reference, '2 4', `average break-even ${percent(marks.breakEven)}`)
  if (marks.published !== null) upright(marks.published, palette.stayed, '8 4', `published ${percent(marks.published)}`)
  labels.forEach(([at, text], i) => {
    const left = at > 0.7 * width
    const place = { x: at + (left ? -6 : 6), y: height - FRAME.bottom - 10 - 18 * i, 'text-anchor': left ? 'end' : 'start' }
    drawn(svg, 'text', { ...place, class: 'mark' }, text)
  })
  const path = shown.filter((k) => k < n.length).map((k) => `${x(threshold[k]).toFixed(1)},${y(profit[k]).toFixed(1)}`)
  drawn(svg, 'polyline', { points: path.join(' '), fill: 'none', stroke: palette.chosen, 'stroke-width': 2.5 })
  const { byThreshold, best } = result
  if (best > 0) {
    drawn(svg, 'circle', { cx: x(byThreshold.threshold), cy: y(byThreshold.profit), r: 6.5, fill: palette.chosen, class: 'best' })
    const left = byThreshold.threshold > 0.7
    const place = { x: x(byThreshold.threshold) + (left ? -12 : 12), y: y(byThreshold.profit) - 8 }
    drawn(svg, 'text', { ...place, 'text-anchor': left ? 'end' : 'start', class: 'best' }, `best: ${percent(byThreshold.threshold)}`)
  }
  return { at: (px) => (px - FRAME.left) / (width - FRAME.left - FRAME.right) }
}

// ---- the component -------------------------------------------------------------------------------------------------

const received = new Map() // customers by fingerprint, for as long as this browser tab lives

const floats = (text) => new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer)

function customersOf({ fingerprint, customers }) {
  if (customers) {
    const churned = Uint8Array.from(atob(customers.churned), (c) => c.charCodeAt(0))
    received.set(fingerprint, { score: floats(customers.score), value: floats(customers.value), churned, perValue: true })
  }
  return received.get(fingerprint)
}

const sliderText = {
  retention_cost: (value, currency) => currency + count(value),
  success_rate: (value) => percent(value, 0),
  clv_months: (value) => count(value),
}

export default function ({ data, parentElement, setStateValue }) {
  use(data.constants)
  const root = parentElement.querySelector('.campaign')
  const find = (selector) => root.querySelector(selector)
  const state = (root.state ??= { sent: 0, dragging: false })
  const customers = customersOf(data)
  if (!customers) return setStateValue('lacking', data.fingerprint) // another tab's memory: ask for them
  state.data = data
  if (data.seen >= state.sent && !state.dragging) {
    state.plan = { ...data.plan }
    state.answer = data.answer
  }

  const paint = (announce) => {
    const { palette, currency, ranges } = state.data
    for (const [name, [low, high, step]] of Object.entries(ranges)) {
      const slider = find(`[name=${name}]`)
      Object.assign(slider, { min: low, max: high, step })
      if (Number(slider.value) !== state.plan[name]) slider.value = state.plan[name]
      const text = sliderText[name](state.plan[name], currency)
      find(`[data-of=${name}]`).textContent = text
      slider.setAttribute('aria-valuetext', text)
    }
    const result = evaluate(customers, state.plan)
    const text = state.answer ?? { headline: headline(result.chosen, state.plan, customers, currency), ...figures(result, currency) }
    find('h1').textContent = text.headline
    for (const name of ['threshold', 'contacted', 'profit', 'spend', 'roi']) find(`[data-figure=${name}]`).textContent = text[name]
    if (announce) find('[role=status]').textContent = text.headline
    const marks = {
      plateau: plateau(result.candidates, result.best, state.plan),
      breakEven: averageBreakEven(customers, state.plan),
      published: state.data.published,
    }
    const title = result.best
      ? `${isLimited(state.plan) ? 'Within the limits profit' : 'Profit'} is highest at a threshold of ${percent(result.byThreshold.threshold)}`
      : 'No threshold pays'
    find('.title').textContent = title
    const svg = find('svg')
    svg.setAttribute('aria-label', `${title}. ${text.headline}`)
    state.scale = drawCurve(svg, result, marks, palette, currency)
    state.result = result
    root.dataset.profit = result.chosen.profit // to the last digit, for the test that compares it with Python's
    root.dataset.answered = state.answer ? state.data.seen : '' // whose figures these are: Python's, or the finger's
  }

  const moved = (event) => {
    state.plan[event.target.name] = Number(event.target.value)
    state.answer = null // the finger leads until Python has answered
    state.dragging = event.type === 'input'
    paint(event.type === 'change')
    if (event.type === 'change') {
      const { retention_cost, success_rate, clv_months } = state.plan
      setStateValue('moved', { retention_cost, success_rate, clv_months, sequence: ++state.sent, have: data.fingerprint })
    }
  }
  // A slider brought back to where it was fires no change: then nothing was released, and Python's answer stands again.
  const settle = () => {
    if (!state.dragging) return
    state.dragging = false
    if (state.data.seen < state.sent) return // an answer is still on its way
    Object.assign(state, { plan: { ...state.data.plan }, answer: state.data.answer })
    state.paint(false)
  }
  for (const slider of root.querySelectorAll('input')) {
    slider.oninput = slider.onchange = moved
    slider.onpointerup = slider.ontouchend = () => setTimeout(settle)
  }

  find('svg').onpointermove = (event) => {
    const t = state.scale.at(event.offsetX)
    const { threshold, n, profit, spend } = state.result.candidates
    let k = 0
    while (k + 1 < n.length && threshold[k + 1] >= t) k++
    const roi = spend[k] > 0 ? `, ROI ${percent(profit[k] / spend[k], 0)}` : ''
    const { currency } = state.data
    find('.reading').textContent =
      t < 0 || t > 1 ? '' : `From ${percent(t)} up: ${count(n[k])} customers, profit ${money(profit[k], currency)} on ${money(spend[k], currency)}${roi}`
  }
  find('svg').onpointerleave = () => (find('.reading').textContent = '')
  state.paint = paint
  state.observer ??= new ResizeObserver(() => state.result && state.paint(false))
  state.observer.observe(root)
  paint(false)
  return () => state.observer.disconnect()
}
