// What a save is worth: the lifetime value of each customer, as churn_core/campaign/worth.py has it.

const kept = new WeakMap() // of customers: by name what was last made of them, and with which terms

// What is made of the customers, made anew only where one of the terms is another one.
export function made(customers, name, terms, make) {
  if (!kept.has(customers)) kept.set(customers, {})
  const before = kept.get(customers)
  if (!before[name]?.terms.every((term, i) => term === terms[i])) before[name] = { terms, what: make(customers) }
  return before[name].what
}

const OF_MONTH = ['annual_discount', 'monthly_survival'] // what a month takes off the worth of the next one
const TERMS = [...OF_MONTH, 'clv_months', 'margin', 'after_save', 'window', 'tenure_curve']
const of = (plan, names) => names.map((name) => plan[name])

// Money kept by one save, of each customer. A move of a cost or of a rate leaves the values as they are.
export function clvOf(customers, plan) {
  if (!customers.perValue) return customers.value // a lifetime value as it stands
  return made(customers, 'clv', of(plan, TERMS), () => clvBy[plan.after_save](customers, plan))
}

const clvBy = {
  // the save holds for the whole horizon
  stays({ value }, plan) {
    const multiple = clvMultiple(plan)
    return value.map((amount) => multiple * amount)
  },
  // a saved customer goes on at the own risk p, which is that of leaving within the churn window
  own_risk(customers, plan) {
    const { margin, clv_months: h } = plan
    const { log, less } = made(customers, 'month', of(plan, [...OF_MONTH, 'window']), ({ score }) => {
      const log = score.map((p) => logOfMonth(plan) + Math.log1p(-p) / plan.window)
      return { log, less: log.map(Math.expm1) }
    })
    return customers.value.map((amount, i) => margin * monthsOf(log[i], h, less[i]) * amount)
  },
  // a saved customer stays like an average one of the same tenure
  tenure({ value, tenure }, plan) {
    const months = monthsByTenure(plan)
    const ofCustomer = (age) => months[Math.min(Math.max(Math.floor(age || 0), 0), months.length - 1)]
    return value.map((amount, i) => plan.margin * ofCustomer(tenure[i]) * amount)
  },
}

// V of a unit of monthly charge, where the save holds for the whole horizon.
export const clvMultiple = (plan) => plan.margin * monthsOf(logOfMonth(plan), plan.clv_months)

// log q
const logOfMonth = (plan) => Math.log(plan.monthly_survival) - Math.log1p(plan.annual_discount) / 12

// (1 − x^h)/(1 − x) with x = exp(logX): the first h of the months 1, x, x² …
const monthsOf = (logX, h, less = Math.expm1(logX)) => (logX === 0 ? h : Math.expm1(h * logX) / less)

// Σ q^t·S(a + t)/S(a) over the first h months, of each tenure a on the curve S; beyond its end S stays as it is there.
function monthsByTenure(plan) {
  const { clv_months: h, tenure_curve: curve } = plan
  const logQ = logOfMonth(plan)
  const whole = Math.floor(h)
  const weights = Array.from({ length: whole }, (_, t) => (t === 0 ? 1 : Math.exp(t * logQ)))
  if (h > whole) weights.push((whole === 0 ? 1 : Math.exp(whole * logQ)) * monthsOf(logQ, h - whole))
  const at = (month) => curve[Math.min(month, curve.length - 1)]
  return curve.map((here, tenure) => {
    if (here === 0) return weights[0] // nobody is left at this tenure: the first month alone counts
    return weights.reduce((sum, weight, t) => sum + weight * at(tenure + t), 0) / here
  })
}
