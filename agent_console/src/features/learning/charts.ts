/** What the charts of the models show. */
import type { DriftDay, CoveragePoint, Quality } from '@/api/learning'
import { AXIS, LEGEND, LINES, QUIET, TIP, line } from '@/ui/chart-look'

/** Fewer letters say too little for the scale of the whole picture to follow them. */
const TELLING = 30
const named = (name: string, gap: number) => ({ name, nameLocation: 'middle', nameGap: gap, nameTextStyle: QUIET })
const GRID = { left: 22, right: 16, top: 30, bottom: 24, containLabel: true }
const whole = (share: number) => `${Math.round(share * 100)}%`
const SHARE = { type: 'value', axisLabel: { ...QUIET, formatter: whole }, ...LINES }

/** 可靠性图: on the diagonal it is as right as it is sure. */
export function reliability(quality: Quality, words: { ideal: string; real: string; range: string; sure: string }) {
  const points = quality.bins.map((bin) => [bin.sure, bin.right / bin.n])
  return {
    grid: GRID,
    legend: LEGEND,
    xAxis: { ...SHARE, min: 0, max: 1, ...named(words.sure, 24) },
    yAxis: { ...SHARE, min: 0, max: 1, ...named(words.real, 40) },
    series: [
      line(
        words.ideal,
        '--hairline-strong',
        [
          [0, 0],
          [1, 1],
        ],
        { lineStyle: { color: '--hairline-strong', width: 1, type: 'dashed' } },
      ),
      line(
        words.range,
        '--hairline-strong',
        quality.bins.flatMap((bin) => [
          [bin.sure, bin.least],
          [bin.sure, bin.most],
          ['-', '-'],
        ]),
        { lineStyle: { color: '--ink-faint', width: 1 } },
      ),
      line(words.real, '--accent', points, { symbol: 'circle', symbolSize: 6 }),
    ],
  }
}

/** 覆盖率—精确率: the surest part of the letters, and how much of it is right; `at` is where the threshold stands. */
export function coverage(
  curve: readonly CoveragePoint[],
  at: CoveragePoint | null,
  words: { real: string; range: string; share: string },
) {
  const telling = curve.filter((one) => one.n >= TELLING)
  const floor = Math.max(0, Math.floor(Math.min(1, ...telling.map((one) => one.least)) * 10) / 10)
  const clipped = (least: number) => Math.max(least, floor)
  return {
    grid: GRID,
    legend: LEGEND,
    tooltip: {
      ...TIP,
      trigger: 'axis',
      valueFormatter: (value: unknown) => (typeof value === 'number' ? `${(value * 100).toFixed(1)}%` : '—'),
    },
    xAxis: { ...SHARE, min: 0, max: 1, ...named(words.share, 24) },
    yAxis: { ...SHARE, min: floor, max: 1, ...named(words.real, 40) },
    series: [
      line(
        words.range,
        '--ink-faint',
        curve.map((one) => [one.share, clipped(one.least)]),
        { lineStyle: { color: '--ink-faint', width: 1, type: 'dashed' } },
      ),
      line(
        words.real,
        '--accent',
        curve.map((one) => [one.share, clipped(one.precision)]),
        at
          ? {
              markLine: {
                symbol: 'none',
                silent: true,
                label: { show: false },
                lineStyle: { color: '--near', width: 2 },
                data: [{ xAxis: at.share }],
              },
            }
          : {},
      ),
    ],
  }
}

export function driftChart(days: readonly DriftDay[], words: { classes: string; sure: string; mean: string }) {
  return {
    grid: { ...GRID, right: 44 },
    legend: LEGEND,
    tooltip: { ...TIP, trigger: 'axis' },
    xAxis: { type: 'category', data: days.map((one) => one.day.slice(5)), axisLabel: QUIET, ...AXIS },
    yAxis: [
      // Both lines that mean something stay in the picture on quiet days.
      { type: 'value', min: 0, max: (of: { max: number }) => Math.max(0.3, of.max), axisLabel: QUIET, ...LINES },
      { type: 'value', min: 0, max: 1, axisLabel: { ...QUIET, formatter: whole }, splitLine: { show: false } },
    ],
    series: [
      line(
        words.classes,
        '--accent',
        days.map((one) => one.classes_psi),
        {
          markLine: {
            symbol: 'none',
            silent: true,
            label: { show: false },
            lineStyle: { color: '--near', type: 'dashed', width: 1 },
            data: [{ yAxis: 0.1 }, { yAxis: 0.25 }],
          },
        },
      ),
      line(
        words.sure,
        '--near',
        days.map((one) => one.sure_psi),
      ),
      line(
        words.mean,
        '--done',
        days.map((one) => one.sure),
        { yAxisIndex: 1, lineStyle: { color: '--done', width: 1 } },
      ),
    ],
  }
}

/** The part that would go without a person at this threshold: the last point whose certainty reaches it. */
export function atThreshold(curve: readonly CoveragePoint[], threshold: number): CoveragePoint | null {
  return curve.findLast((one) => one.threshold >= threshold) ?? null
}
