// Numbers as people read them: churn_core/formats.py in JavaScript, which says what each of these does.

const NOTHING = '—'
const known = (value) => value !== null && value !== undefined && Number.isFinite(value)

// The shortest digits that mean |value|, as one text, and the power of ten of the first.
function asWritten(value) {
  const [figures, power] = Math.abs(value).toExponential().split('e')
  return { digits: figures.replace('.', ''), power: Number(power) }
}

// |value|·10^shift in units of 10^-decimals, half a unit up: a whole number of them.
function units(value, decimals, shift = 0) {
  const { digits, power } = asWritten(value)
  const kept = power + 1 + shift + decimals // digits before the place to round at
  const whole = kept > 0 ? BigInt(digits.slice(0, kept).padEnd(kept, '0')) : 0n
  return whole + (kept >= 0 && digits[kept] >= '5' ? 1n : 0n)
}

// How many decimals leave so many significant digits; 9.996 rounds up into one digit more.
function decimalsOf(value, figures) {
  const least = figures - 1 - asWritten(value).power
  return figures - String(units(value, least)).length + least
}

// So many units of 10^-decimals with thousands, after the sign of the value.
function signed(value, whole, decimals, { before = '', after = '', short = false } = {}) {
  const text = String(decimals < 0 ? whole * 10n ** BigInt(-decimals) : whole).padStart(Math.max(decimals, 0) + 1, '0')
  const point = text.length - Math.max(decimals, 0)
  const part = short ? text.slice(point).replace(/0+$/, '') : text.slice(point)
  const shown = text.slice(0, point).replace(/\B(?=(\d{3})+$)/g, ',') + (part && `.${part}`)
  const blank = /[\p{L}.]$/u.test(before) ? '\u00a0' : ''
  return `${value < 0 && whole > 0n ? '−' : ''}${before}${blank}${shown}${after}`
}

export const decimal = (value, decimals) => (known(value) ? signed(value, units(value, decimals), decimals) : NOTHING)
export const count = (number) => decimal(number, 0)

export const percent = (share, decimals = 1) =>
  known(share) ? signed(share, units(share, decimals, 2), decimals, { after: '%' }) : NOTHING

export const asSet = (share) => (known(share) ? signed(share, units(share, 1, 2), 1, { after: '%', short: true }) : NOTHING)

export function counted(number, one) {
  const shown = plainNumber(number)
  return `${shown} ${one}${shown === '1' || shown === '−1' ? '' : 's'}`
}

export function plainNumber(value) {
  if (!known(value)) return NOTHING
  const size = Math.abs(value)
  const decimals = size >= 999.95 || size === 0 ? 0 : decimalsOf(value, size >= 1 ? 4 : 3)
  return signed(value, units(value, decimals), decimals, { short: true })
}

export function money(value, currency) {
  if (!known(value)) return NOTHING
  const decimals = value === 0 ? 0 : decimalsOf(value, 3)
  const whole = units(value, decimals)
  const million = Number(whole) * 10 ** -decimals >= 1e6
  return signed(value, whole, million ? decimals + 6 : decimals, { before: currency, after: million ? ' million' : '' })
}

export const exactMoney = (value, currency, decimals = 2) =>
  known(value) ? signed(value, units(value, decimals), decimals, { before: currency }) : NOTHING

export const price = (value, currency) => exactMoney(value, currency, Number.isInteger(value) ? 0 : 2)

const THOUSANDS = ['', 'K', 'M', 'B', 'T']

export function compact(value, currency) {
  if (!known(value)) return NOTHING
  const decimals = value === 0 ? 0 : decimalsOf(value, 3)
  const whole = units(value, decimals)
  const power = String(whole).length - 1 - decimals
  const thousands = Math.min(Math.max(Math.floor(power / 3), 0), THOUSANDS.length - 1)
  return signed(value, whole, decimals + 3 * thousands, { before: currency, after: THOUSANDS[thousands], short: true })
}
