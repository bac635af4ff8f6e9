// The profit curve as SVG, drawn while a slider moves.

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
  const top = Math.max(1, ...drawnProfits)
  const highest = top + 0.15 * Math.max(top, 0.6 * (top - lowest)) // room for the label of the best, also where all is loss
  const x = (t) => FRAME.left + t * (width - FRAME.left - FRAME.right)
  const y = (p) => FRAME.top + ((highest - p) / (highest - lowest)) * (height - FRAME.top - FRAME.bottom)
  const step = niceStep(highest - lowest, 5)
  for (let p = Math.ceil(lowest / step) * step; p <= highest; p += step) {
    drawn(svg, 'line', { x1: FRAME.left, x2: width - FRAME.right, y1: y(p), y2: y(p), stroke: p === 0 ? palette.quiet : palette.grid })
    const label = compact(Math.abs(p) < step / 1e6 ? 0 : p, currency) // steps add up to 0 but for the noise of floats
    drawn(svg, 'text', { x: FRAME.left - 8, y: y(p) + 4, 'text-anchor': 'end', class: 'tick' }, label)
  }
  for (let t = 0; t <= 1.001; t += 0.2) {
    drawn(svg, 'text', { x: x(t), y: height - 20, 'text-anchor': 'middle', class: 'tick' }, percent(t, 0))
  }
  drawn(svg, 'text', { x: x(0.5), y: height - 4, 'text-anchor': 'middle', class: 'tick' }, 'Threshold (churn probability)')
  const labels = []
  if (marks.beyondBudget !== null) {
    const band = { x: x(0), width: Math.max(2, x(marks.beyondBudget) - x(0)), y: FRAME.top, height: height - FRAME.top - FRAME.bottom }
    drawn(svg, 'rect', { ...band, fill: palette.quiet, opacity: 0.25, class: 'beyond' })
    labels.push([x(marks.beyondBudget), 'not affordable to the left'])
  }
  if (marks.plateau) {
    const [low, high] = marks.plateau.map(x)
    const band = { x: low, width: Math.max(2, high - low), y: FRAME.top, height: height - FRAME.top - FRAME.bottom }
    drawn(svg, 'rect', { ...band, fill: palette.chosen, opacity: 0.18 })
    labels.push([high, `within ${asSet(PLATEAU_SHARE)} of the best`])
  }
  const upright = (t, color, dash, text) => {
    const at = { x1: x(t), x2: x(t), y1: FRAME.top, y2: height - FRAME.bottom }
    drawn(svg, 'line', { ...at, stroke: color, 'stroke-width': 2, 'stroke-dasharray': dash })
    labels.push([x(t), text])
  }
  if (marks.breakEven <= 1) upright(marks.breakEven, palette.reference, '2 4', `average break-even ${percent(marks.breakEven)}`)
  if (marks.published !== null) upright(marks.published, palette.stayed, '8 4', `published ${percent(marks.published)}`)
  const path = shown.filter((k) => k < n.length).map((k) => `${x(threshold[k]).toFixed(1)},${y(profit[k]).toFixed(1)}`)
  drawn(svg, 'polyline', { points: path.join(' '), fill: 'none', stroke: palette.chosen, 'stroke-width': 2.5 })
  labels.forEach(([at, text], i) => {
    const left = at > 0.7 * width
    const place = { x: at + (left ? -6 : 6), y: height - FRAME.bottom - 10 - 18 * i, 'text-anchor': left ? 'end' : 'start' }
    drawn(svg, 'text', { ...place, class: 'mark' }, text)
  })
  const { byThreshold, best } = result
  if (marks.free > 0 && marks.free !== best) {
    const at = { cx: x(threshold[marks.free]), cy: y(profit[marks.free]) }
    drawn(svg, 'circle', { ...at, r: 6.5, fill: 'none', stroke: palette.chosen, 'stroke-width': 2, class: 'free' })
    const text = `without the limit: ${percent(threshold[marks.free])}`
    drawn(svg, 'text', { x: at.cx + 12, y: at.cy - 10, class: 'mark free' }, text)
  }
  if (best > 0) {
    drawn(svg, 'circle', { cx: x(byThreshold.threshold), cy: y(byThreshold.profit), r: 6.5, fill: palette.chosen, class: 'best' })
    const left = byThreshold.threshold > 0.7
    const place = { x: x(byThreshold.threshold) + (left ? -12 : 12), y: y(byThreshold.profit) - 8 }
    drawn(svg, 'text', { ...place, 'text-anchor': left ? 'end' : 'start', class: 'best' }, `best: ${percent(byThreshold.threshold)}`)
  }
  return { at: (px) => (px - FRAME.left) / (width - FRAME.left - FRAME.right) }
}
