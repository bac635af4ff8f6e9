// The sums that the browser does while a slider moves: the same economics as churn_core/campaign.
// Names and formulas are those of ECONOMICS.md. A browser test holds this file against Python.

// Python's constants: they come with the data.
let NOISE // a profit smaller than this share of its stake is the rounding noise of floats, and counts as nothing
let Z // standard errors on either side of an estimate
let PLATEAU_SHARE // share of the best profit that a threshold on the plateau may lose
let CURVE_POINTS // what a curve of this width can show

export function use(constants) {
  ;({ noise: NOISE, z: Z, plateau_share: PLATEAU_SHARE, curve_points: CURVE_POINTS } = constants)
}

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

// The variance of what one contact earns, everything assumed exactly right.
function varianceOf(p, clv, c) {
  const [saved, stays, kept] = [p * c.success_rate, 1 - p, clv - c.incentive]
  const [taken, lost] = [stays * c.incentive_uptake, stays * c.backfire_rate]
  const mean = saved * kept - taken * c.incentive - lost * clv
  const square = saved * kept ** 2 + taken * c.incentive ** 2 + lost * clv ** 2
  return Math.max(square - mean ** 2, 0)
}

// What a list does: expected, and half of the two ranges of what it will earn, with and without an uncertain success rate.
function outcomeOf(customers, plan, list, threshold) {
  const { score, value, perValue } = customers
  const multiple = perValue ? clvMultiple(plan) : 1
  let profit = list.length ? -plan.fixed_cost : 0
  let spend = list.length ? plan.fixed_cost : 0
  let [variance, saved] = [0, 0]
  for (const i of list) {
    const clv = multiple * value[i]
    profit += profitOf(score[i], clv, plan)
    spend += spendOf(score[i], plan)
    variance += varianceOf(score[i], clv, plan)
    saved += score[i] * (clv - plan.incentive)
  }
  const ifExact = Z * Math.sqrt(variance)
  const halfWidth = Math.hypot(ifExact, saved * plan.success_rate_give_or_take)
  return { contacted: list.length, profit, spend, roi: spend > 0 ? profit / spend : null, threshold, halfWidth, ifExact }
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
