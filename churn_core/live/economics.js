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

// At least so many times the spend, exactly that included.
const reaches = (earned, spent, roi) => earned >= (roi - NOISE * (1 + roi)) * spent

const isAllowed = (earned, spent, { budget = null, min_roi: minRoi = null }) =>
  (budget === null || spent <= budget * (1 + NOISE)) && (minRoi === null || reaches(earned, spent, minRoi))

export const isLimited = (plan) => ['budget', 'min_roi', 'min_marginal_roi'].some((name) => (plan[name] ?? null) !== null)

function highest(values) {
  let most = -Infinity
  for (let i = 0; i < values.length; i++) if (values[i] > most) most = values[i]
  return most
}

// Which of the candidates (profit and spend with the fixed cost, 0 being the empty campaign) the plan takes: the best
// without a limit whenever it is among the best with it.
function bestOf(profit, spend, plan) {
  const { fixed_cost: fixed } = plan
  const noise = NOISE * highest(profit.map(Math.abs))
  const firstOfMost = (values) => {
    const most = highest(values)
    return values.findIndex((value) => value >= most - noise)
  }
  let k = firstOfMost(profit)
  if (isLimited(plan)) {
    const h = plan.min_marginal_roi ?? 0
    const worth = profit.map((earned, i) => {
      if (i === 0) return 0
      return isAllowed(earned, spend[i], plan) ? earned + fixed - h * (spend[i] - fixed) : -Infinity
    })
    const least = highest(worth) - (1 + h) * NOISE * highest(profit.map((earned, i) => Math.abs(earned) + spend[i]))
    if (worth[k] < least) k = firstOfMost(profit.map((earned, i) => (worth[i] >= least ? earned : -Infinity)))
  }
  return profit[k] > noise + NOISE * fixed ? k : 0
}

// Of each candidate: the rows that it contacts, how many customers they are, and its threshold.
function endsOf({ score, weight }) {
  const ends = { rows: [0], n: [0], threshold: [null] }
  let n = 0
  for (let i = 0; i < score.length; i++) {
    n += weight ? weight[i] : 1
    if (score[i] === score[i + 1]) continue // a tie is never split
    ends.rows.push(i + 1)
    ends.n.push(n)
    ends.threshold.push(score[i])
  }
  return ends
}

// How many customers there are; a row of a file made of many stands for several.
export const customersIn = (customers) => made(customers, 'ends', [], endsOf).n.at(-1)

// Every single threshold: {rows, n, threshold, profit, spend} of each candidate, the empty campaign first.
export function sweep(customers, plan, each = perCustomer(customers, plan)) {
  const { rows, n, threshold } = made(customers, 'ends', [], endsOf)
  const [profit, spend] = [new Float64Array(n.length), new Float64Array(n.length)]
  let [i, earned, spent] = [0, 0, 0]
  for (let k = 1; k < n.length; k++) {
    for (; i < rows[k]; i++) {
      earned += each.profit[i]
      spent += each.spend[i]
    }
    profit[k] = earned - plan.fixed_cost
    spend[k] = spent + plan.fixed_cost
  }
  return { rows, n, threshold, profit, spend }
}

// V, and the profit u and the spend e of contacting each customer, or all for whom a row stands
function perCustomer(customers, plan) {
  const { score, weight } = customers
  const clv = clvOf(customers, plan)
  const profit = new Float64Array(score.length)
  const spend = new Float64Array(score.length)
  for (let i = 0; i < score.length; i++) {
    const many = weight ? weight[i] : 1
    profit[i] = many * profitOf(score[i], clv[i], plan)
    spend[i] = many * spendOf(score[i], plan)
  }
  return { clv, profit, spend }
}

// The positions of the customers that the plan contacts when it decides customer by customer.
export function choose(customers, plan, { profit, spend } = perCustomer(customers, plan)) {
  const { fixed_cost: fixed } = plan
  const least = plan.min_marginal_roi ?? 0
  const found = []
  let [earned, spent] = [0, 0]
  for (let i = 0; i < profit.length; i++) {
    if (!(profit[i] > 0 && reaches(profit[i], spend[i], least))) continue
    found.push(i)
    earned += profit[i]
    spent += spend[i]
  }
  if (!(earned > fixed * (1 + NOISE))) return []
  return isAllowed(earned - fixed, spent + fixed, plan) ? found : bestList(found, profit, spend, plan)
}

// ---- The best list within a budget and a least ROI of the whole, as churn_core/campaign/within_limits.py finds it --------

const NEAR = 200 // customers who may change sides
const ADDED = 10 // customers who fill what is left of a limit
const MOST = 50_000 // lists that are looked at

function bestList(found, profit, spend, plan) {
  const { budget = null, fixed_cost: fixed } = plan
  const affordable = (i) => budget === null || spend[i] + fixed <= budget * (1 + NOISE) // alone, or it can be on no list
  const rate = profit.map((u, i) => (spend[i] > 0 ? u / spend[i] : Infinity))
  const kept = found.filter(affordable).sort((a, b) => (rate[a] === rate[b] ? profit[b] - profit[a] : rate[b] - rate[a]))
  const [u, e] = [kept.map((i) => profit[i]), kept.map((i) => spend[i])]
  const [earned, spent] = [sumsFrom(0, u).map((sum) => sum - fixed), sumsFrom(0, e).map((sum) => sum + fixed)]
  const earns = (money, cost) => money - NOISE * (money + cost + fixed) > 0
  let whole = u.length
  while (whole > 0 && !isAllowed(earned[whole], spent[whole], plan)) whole--
  const dearest = highest(e)
  if (whole === u.length || e.every((cost) => dearest - cost <= NOISE * dearest)) {
    return earns(earned[whole], spent[whole]) ? kept.slice(0, whole) : []
  }
  const cut = relaxed(u, e, earned, spent, plan)
  if (cut === null || !earns(cut.earned, cut.spent)) return []
  const changed = bestNear(cut, u, e, earned[cut.whole], spent[cut.whole], plan)
  return changed === null ? [] : kept.filter((_, j) => j < cut.whole !== changed.has(j))
}

function sumsFrom(start, values) {
  const sums = [start]
  for (const value of values) sums.push(sums.at(-1) + value)
  return sums
}

// The best list if a part of one customer could be contacted, within the tighter limit; null where there is none.
function relaxed(u, e, earned, spent, plan) {
  const { budget = null, min_roi: roi = null } = plan
  const limits = []
  if (budget !== null) limits.push({ limit: { budget }, weight: e, room: (k) => budget - spent[k] })
  if (roi !== null) {
    const weight = e.map((cost, j) => roi * cost - u[j])
    limits.push({ limit: { min_roi: roi }, weight, room: (k) => earned[k] - roi * spent[k] })
  }
  let cut = null
  for (const { limit, weight, room } of limits) {
    let k = u.length
    while (k >= 0 && !isAllowed(earned[k], spent[k], limit)) k--
    if (k < 0) return null
    if (k === u.length) continue
    const part = Math.min(1, Math.max(0, room(k) / weight[k]))
    const [money, cost] = [earned[k] + part * u[k], spent[k] + part * e[k]]
    const regret = Float64Array.from(u, (value, j) => Math.abs(value - u[k] * (weight[j] / weight[k])))
    if (cut === null || money < cut.earned) cut = { whole: k, earned: money, spent: cost, regret }
  }
  return isAllowed(cut.earned, cut.spent, plan) ? cut : null
}

// Who is on the other side in the best list found from the first `cut.whole` on; null where nobody is to be contacted.
function bestNear(cut, u, e, earned, spent, plan) {
  const noise = NOISE * (Math.abs(cut.earned) + cut.spent)
  const near = leastOf(cut.regret, NEAR)
  const beyond = near.length === u.length ? Infinity : cut.regret[near.at(-1)]
  let lists = { profit: [earned], spend: [spent], lost: [0] }
  const steps = [] // of each customer, which of the lists before (unchanged, then changed) were kept
  const { changed, ...start } = filled(cut.whole, u, e, earned, spent, plan)
  let [best, found, lookedAt] = [start.best, null, 0]
  for (;;) {
    let place = -1
    lists.profit.forEach((money, i) => {
      if (money > (place < 0 ? best + noise : lists.profit[place]) && isAllowed(money, lists.spend[i], plan)) place = i
    })
    if (place >= 0) [best, found] = [lists.profit[place], { steps: steps.length, place }]
    lookedAt += lists.profit.length
    const j = near[steps.length]
    const regret = j === undefined ? beyond : cut.regret[j]
    const exact = lists.profit.length === 0 || cut.earned - regret <= best + noise
    if (exact || j === undefined || lookedAt > MOST) {
      if (best <= noise) return null
      return found === null ? changed : changedIn(found, near, steps)
    }
    const sign = j < cut.whole ? -1 : 1
    const { kept, ...more } = withChanged(lists, sign * u[j], sign * e[j], regret, cut.earned - best - noise, noise)
    lists = more
    steps.push(kept)
  }
}

// The profit of the first `whole` and of those who still fit, the most profitable first; 0 where the first alone do not fit.
function filled(whole, u, e, earned, spent, plan) {
  const changed = new Set()
  if (!isAllowed(earned, spent, plan)) return { best: 0, changed }
  while (changed.size < ADDED) {
    let most = -1
    for (let j = whole; j < u.length; j++) {
      const better = !changed.has(j) && (most < 0 || u[j] > u[most])
      if (better && isAllowed(earned + u[j], spent + e[j], plan)) most = j
    }
    if (most < 0) break
    ;[earned, spent] = [earned + u[most], spent + e[most]]
    changed.add(most)
  }
  return { best: Math.max(0, earned), changed }
}

// The lists (by rising spend) without and with one customer changed, but those that cannot become the best, and those that
// earn no more than one that spends no more.
function withChanged({ profit, spend, lost }, moreProfit, moreSpend, regret, room, noise) {
  const n = profit.length
  const made = { profit: [], spend: [], lost: [], kept: [] }
  let [i, j, most] = [0, 0, -Infinity]
  while (i < n || j < n) {
    const [spendI, spendJ] = [i < n ? spend[i] : Infinity, j < n ? spend[j] + moreSpend : Infinity]
    const changed = j < n && (spendJ < spendI || (spendJ === spendI && profit[j] + moreProfit > profit[i]))
    const at = changed ? j++ : i++
    const lostHere = changed ? lost[at] + regret : lost[at]
    const money = changed ? profit[at] + moreProfit : profit[at]
    if (lostHere >= room) continue
    if (money > most + noise) {
      made.profit.push(money)
      made.spend.push(changed ? spendJ : spendI)
      made.lost.push(lostHere)
      made.kept.push(changed ? n + at : at)
    }
    most = Math.max(most, money)
  }
  return made
}

function changedIn({ steps: count, place }, near, steps) {
  const changed = new Set()
  for (let step = count - 1; step >= 0; step--) {
    const before = step ? steps[step - 1].length : 1
    place = steps[step][place]
    if (place < before) continue
    changed.add(near[step])
    place -= before
  }
  return changed
}

// The positions of the `m` least values, in rising order; of equal ones the first.
function leastOf(values, m) {
  const limit = values.length > m ? values.slice().sort()[m - 1] : Infinity
  const within = [...values.keys()].filter((j) => values[j] <= limit)
  return within.sort((a, b) => values[a] - values[b]).slice(0, m)
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
function outcomeOf({ score, weight }, plan, each, list, threshold) {
  let profit = list.length ? -plan.fixed_cost : 0
  let spend = list.length ? plan.fixed_cost : 0
  let [contacted, variance, saved] = [0, 0, 0]
  for (const i of list) {
    const many = weight ? weight[i] : 1
    contacted += many
    profit += each.profit[i]
    spend += each.spend[i]
    variance += many * varianceOf(score[i], each.clv[i], plan)
    saved += many * score[i] * (each.clv[i] - plan.incentive)
  }
  const ifExact = Z * Math.sqrt(variance)
  const halfWidth = Math.hypot(ifExact, saved * plan.success_rate_give_or_take)
  return { contacted, profit, spend, roi: spend > 0 ? profit / spend : null, threshold, halfWidth, ifExact }
}

const first = (n) => new Uint32Array(n).map((_, i) => i)

// Everything that the page shows of a plan.
export function evaluate(customers, plan) {
  const each = perCustomer(customers, plan)
  const candidates = sweep(customers, plan, each)
  const k = bestOf(candidates.profit, candidates.spend, plan)
  const byThreshold = outcomeOf(customers, plan, each, first(candidates.rows[k]), candidates.threshold[k])
  const eachAlone = plan.rule === 'per_customer' // rows of several customers are fine enough by value only where that is asked
  const byCustomer = customers.weight && !eachAlone ? null : outcomeOf(customers, plan, each, choose(customers, plan, each), null)
  return { candidates, best: k, byThreshold, byCustomer, chosen: eachAlone ? byCustomer : byThreshold }
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

// The highest threshold whose campaign spends more than the budget; null where everybody can be afforded.
export function beyondBudget({ spend, threshold }, { budget = null }) {
  const k = budget === null ? -1 : spend.findIndex((spent) => spent > budget * (1 + NOISE))
  return k < 0 ? null : threshold[k]
}

// The candidate that would be best without a limit.
export const withoutLimits = ({ profit, spend }, plan) => bestOf(profit, spend, { ...plan, budget: null, min_roi: null, min_marginal_roi: null })

// The break-even of a customer with the average value: where one threshold is to be expected.
export function averageBreakEven(customers, plan) {
  const { weight } = customers
  const clv = clvOf(customers, plan).reduce((sum, value, i) => sum + value * (weight ? weight[i] : 1), 0) / customersIn(customers)
  const lost = plan.incentive_uptake * plan.incentive + plan.backfire_rate * clv
  const gain = plan.success_rate * (clv - plan.incentive) + lost
  return gain > 0 ? (plan.retention_cost + lost) / gain : Infinity
}
