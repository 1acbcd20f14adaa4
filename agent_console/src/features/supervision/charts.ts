/** What the two charts of the wall show. */
import type { Place, Wall } from '@/api/supervision'
import { AXIS, LEGEND, LINES, QUIET, TIP, line } from '@/ui/chart-look'

export function districtChart(districts: readonly Place[], words: { rest: string; late: string }) {
  const shown = [...districts].reverse()
  const bar = (name: string, color: string, data: number[]) => ({
    name,
    type: 'bar',
    stack: 'open',
    barMaxWidth: 14,
    itemStyle: { color },
    data,
  })
  return {
    grid: { left: 4, right: 28, top: 24, bottom: 4, containLabel: true },
    legend: LEGEND,
    tooltip: { ...TIP, trigger: 'axis', axisPointer: { type: 'none' } },
    xAxis: { type: 'value', minInterval: 1, axisLabel: QUIET, ...LINES },
    yAxis: { type: 'category', data: shown.map((one) => one.name), axisLabel: QUIET, ...AXIS },
    series: [
      bar(
        words.late,
        '--late',
        shown.map((one) => one.late),
      ),
      bar(
        words.rest,
        '--accent',
        shown.map((one) => one.open - one.late),
      ),
    ],
  }
}

/** Today's lines end with the hour that is now. */
export function hourChart(
  hours: Wall['hours'],
  now: number,
  words: { received: string; closed: string; before: string },
) {
  const sofar = (hour: number, value: number) => (hour <= now ? value : null)
  return {
    grid: { left: 4, right: 8, top: 28, bottom: 4, containLabel: true },
    legend: LEGEND,
    tooltip: { ...TIP, trigger: 'axis' },
    xAxis: { type: 'category', data: hours.map((one) => one.hour), axisLabel: { ...QUIET, interval: 2 }, ...AXIS },
    yAxis: { type: 'value', minInterval: 1, axisLabel: QUIET, ...LINES },
    series: [
      line(
        words.before,
        '--hairline-strong',
        hours.map((one) => one.received_before),
        {
          lineStyle: { color: '--hairline-strong', width: 1, type: 'dashed' },
        },
      ),
      line(
        words.received,
        '--accent',
        hours.map((one) => sofar(one.hour, one.received)),
      ),
      line(
        words.closed,
        '--done',
        hours.map((one) => sofar(one.hour, one.closed)),
      ),
    ],
  }
}
