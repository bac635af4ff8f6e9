// Paper takes a page as wide as it is on the screen (parts/paper.css), since a chart keeps its width when it is printed.

const WIDE = 1250 // pixels, from which on the paper lies on its side

function measure() {
  const page = document.querySelector('[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock]')
  if (!page) return
  document.documentElement.style.setProperty('--on-screen', page.clientWidth)
  document.documentElement.toggleAttribute('data-wide', page.clientWidth > WIDE)
}

export default function () {
  addEventListener('beforeprint', measure)
  return () => removeEventListener('beforeprint', measure)
}
