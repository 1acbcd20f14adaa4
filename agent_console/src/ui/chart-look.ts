/** How every chart looks; colours are tokens, resolved where they are drawn. */
export const AXIS = { axisLine: { lineStyle: { color: '--hairline-strong' } }, axisTick: { show: false } }
export const QUIET = { color: '--ink-quiet', fontSize: 12 }
export const LINES = { splitLine: { lineStyle: { color: '--hairline' } } }
export const TIP = {
  // Drawn on the canvas: nothing of it is read as markup.
  renderMode: 'richText',
  backgroundColor: '--surface-raised',
  borderColor: '--hairline-strong',
  textStyle: { color: '--ink' },
}
export const LEGEND = { top: 0, right: 0, itemWidth: 12, itemHeight: 8, textStyle: QUIET }

export const line = (name: string, color: string, data: readonly unknown[], more: object = {}) => ({
  name,
  type: 'line',
  symbol: 'none',
  lineStyle: { color, width: 2 },
  itemStyle: { color },
  data,
  ...more,
})
