// The component: sliders, headline, figures and curve. This file goes with worth.js, economics.js, formats.js and chart.js into one module.
// Python sends the customers once, in falling order of score, and its own answer after each release; that answer stands.

// ---- sentences: as churn_core/decisions/headline.py ----------------------------------------------------------------------------

function headline(outcome, plan, customers, currency, backTest, time) {
  const label = backTest ? 'Back-test: contact' : 'Contact'
  if (!outcome.contacted) return `${label} nobody: ${isLimited(plan) ? 'within these limits' : 'at these parameters'} no contact pays`
  const who = plan.rule === 'per_customer' ? 'each above their own break-even' : `everyone above ${percent(outcome.threshold)}`
  const leaving = time ? ` (leaving${time})` : ''
  return (
    `${label} ${count(outcome.contacted)} of ${backTest ? 'all ' : ''}${counted(customersIn(customers), 'customer')}` +
    `${backTest ? '' : ' still here'}, ${who}${leaving}: expected profit ` +
    `${money(outcome.profit, currency)} ±\u00a0${money(outcome.halfWidth, currency)} on ${money(outcome.spend, currency)} spent, ` +
    `ROI ${percent(outcome.roi, 0)}`
  )
}

// the narrower range beside the expected profit, as if_exact.
const ifExact = ({ ifExact }, plan, currency) =>
  ifExact ? `± ${money(ifExact, currency)} if ${asSet(plan.success_rate)} is exactly right` : ''

const figures = ({ byThreshold, chosen }, plan, currency) => ({
  threshold: percent(byThreshold.threshold),
  contacted: count(chosen.contacted),
  profit: money(chosen.profit, currency),
  ifExact: ifExact(chosen, plan, currency),
  spend: money(chosen.spend, currency),
  roi: percent(chosen.roi, 0),
})

// ---- the numbers of the curve, for the table below it ---------------------------------------------------------------

function numbersOf({ candidates, byThreshold, best }, marks, currency) {
  const { threshold, n, profit, spend } = candidates
  const rows = evenly(n.length - 1).map((k) => k + 1) // the first candidate contacts nobody
  return {
    tables: [
      {
        columns: ['Threshold (churn probability)', 'Contacts', 'Expected profit', 'Expected spend', 'ROI'],
        rows: rows.map((k) => [
          percent(threshold[k]), count(n[k]), money(profit[k], currency), money(spend[k], currency),
          spend[k] > 0 ? percent(profit[k] / spend[k], 0) : NOTHING,
        ]),
        about: rows.length < n.length - 1 ? `${count(rows.length)} of ${count(n.length - 1)} thresholds, evenly chosen` : '',
      },
    ],
    marks: [
      best > 0 && `Best threshold: ${percent(byThreshold.threshold)}, ${money(byThreshold.profit, currency)}`,
      marks.free > 0 && marks.free !== best && `Best threshold without the limit: ${percent(threshold[marks.free])}, ${money(profit[marks.free], currency)}`,
      marks.plateau && `Within ${percent(PLATEAU_SHARE, 0)} of the best: ${marks.plateau.map((each) => percent(each)).join(' to ')}`,
      marks.breakEven <= 1 && `Average break-even: ${percent(marks.breakEven)}`,
      marks.published !== null && `Published threshold: ${percent(marks.published)}`,
      marks.beyondBudget !== null && `Not affordable: below ${percent(marks.beyondBudget)}`,
    ].filter(Boolean),
  }
}

// ---- the component -------------------------------------------------------------------------------------------------

const received = new Map() // customers by fingerprint, for as long as this browser tab lives

const floats = (text) => new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer)

function customersOf({ fingerprint, customers, perValue }) {
  if (customers) {
    const [score, value, tenure, weight] = ['score', 'value', 'tenure', 'weight'].map((name) => customers[name] && floats(customers[name]))
    received.set(fingerprint, { score, value, tenure, weight, perValue })
  }
  return received.get(fingerprint)
}

const sliderText = {
  retention_cost: price,
  success_rate: asSet,
  success_rate_give_or_take: (value) => `± ${asSet(value)}`,
  clv_months: plainNumber,
}

export default function campaign({ data, parentElement, setStateValue }) {
  use(data.constants)
  const root = parentElement.querySelector('.campaign')
  const find = (selector) => root.querySelector(selector)
  const state = (root.state ??= { sent: 0, dragging: false })
  const customers = customersOf(data)
  if (!customers) return setStateValue('lacking', data.fingerprint) // another tab's memory: ask for them
  state.data = data
  find('form').onsubmit = (event) => event.preventDefault()
  for (const slider of root.querySelectorAll('input')) {
    const label = slider.closest('label')
    label.hidden = label.nextElementSibling.hidden = !(slider.name in data.ranges) // a lifetime value has no horizon
  }
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
    find('[data-source]').textContent = state.plan.success_rate === state.data.plan.success_rate ? state.data.source : state.data.assumed
    const result = evaluate(customers, state.plan)
    const text = state.answer ?? {
      headline: headline(result.chosen, state.plan, customers, currency, state.data.backTest, state.data.time),
      ...figures(result, state.plan, currency),
    }
    find('h1').textContent = text.headline
    for (const name of ['threshold', 'contacted', 'profit', 'ifExact', 'spend', 'roi']) find(`[data-figure=${name}]`).textContent = text[name]
    if (announce) find('[role=status]').textContent = text.headline
    const marks = {
      plateau: plateau(result.candidates, result.best, state.plan),
      breakEven: averageBreakEven(customers, state.plan),
      published: state.data.published,
      beyondBudget: beyondBudget(result.candidates, state.plan),
      free: isLimited(state.plan) ? withoutLimits(result.candidates, state.plan) : 0,
    }
    const title = result.best
      ? `${isLimited(state.plan) ? 'Within the limits profit' : 'Profit'} is highest at a threshold of ${percent(result.byThreshold.threshold)}`
      : 'No threshold pays'
    find('.title').textContent = title
    const svg = find('svg')
    svg.setAttribute('aria-label', `${title}. ${text.headline}`)
    state.scale = drawCurve(svg, result, marks, palette, currency)
    state.result = result
    fold(find('details'), title, () => numbersOf(result, marks, currency))
    root.dataset.profit = result.chosen.profit // to the last digit, for the test that compares it with Python's
    root.dataset.answered = state.answer ? state.data.seen : '' // whose figures these are: Python's, or the finger's
  }

  const moved = (event) => {
    state.plan[event.target.name] = Number(event.target.value)
    state.answer = null // the finger leads until Python has answered
    state.dragging = event.type === 'input'
    paint(event.type === 'change')
    if (event.type === 'change') {
      const values = Object.fromEntries(Object.keys(state.data.ranges).map((name) => [name, state.plan[name]]))
      setStateValue('moved', { ...values, sequence: ++state.sent, have: data.fingerprint })
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
      t < 0 || t > 1 ? '' : `From ${percent(t)} up: ${counted(n[k], 'customer')}, profit ${money(profit[k], currency)} on ${money(spend[k], currency)}${roi}`
  }
  find('svg').onpointerleave = () => (find('.reading').textContent = '')
  state.paint = paint
  state.observer ??= new ResizeObserver(() => state.result && state.paint(false))
  state.observer.observe(root)
  paint(false)
  return () => state.observer.disconnect()
}
