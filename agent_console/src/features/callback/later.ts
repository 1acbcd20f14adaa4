/** When a citizen would rather be called: the parts of the day that are still to come, in Beijing's time. */

export interface Offer {
  name: 'afternoon' | 'evening' | 'tomorrow'
  at: string
  chord: string
}

const DAY = 86_400_000
const HOUR = 3_600_000
const ZONE = 8 * HOUR

const moment = (day: number, hour: number) => day * DAY + hour * HOUR - ZONE

export function offers(now: number): Offer[] {
  const today = Math.floor((now + ZONE) / DAY)
  const all: [Offer['name'], number, string][] = [
    ['afternoon', moment(today, 14), 'Alt+A'],
    ['evening', moment(today, 18), 'Alt+E'],
    ['tomorrow', moment(today + 1, 9), 'Alt+M'],
  ]
  return all.filter(([, at]) => at > now).map(([name, at, chord]) => ({ name, at: new Date(at).toISOString(), chord }))
}
