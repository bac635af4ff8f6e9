// The component: the numbers of a chart, folded below it. This file goes with table.js into one module.

export default function ({ data, parentElement }) {
  fold(parentElement.querySelector('details'), data.message, () => data)
}
