/** 浏览器话机: how it stands, what each answer of the exchange means, and when to try again. Pure. */

export type ReceiverState =
  /** Not this person's, or nobody has signed in here. */
  | 'off'
  /** Another page of this browser is the telephone. */
  | 'elsewhere'
  /** The browser asks whether the microphone may be used. */
  | 'asking'
  | 'connecting'
  | 'ready'
  /** The line is gone; it is tried again by itself. */
  | 'lost'
  /** Somebody has to do something first: `ReceiverProblem` says what. */
  | 'refused'

export type ReceiverProblem =
  'insecure' | 'microphone' | 'no_microphone' | 'password' | 'realm' | 'unknown' | 'settings' | 'media' | ''

/** A call as the browser itself has it, whether or not the hotline has heard of it. */
export interface Talk {
  /** As the exchange shows the other side; a person's number may stand here, and it is shown to nobody else. */
  from: string
  stage: 'rings' | 'talks'
  held: boolean
  muted: boolean
  since: string
}

/** What a refused registration means: the exchange knows this telephone and not its password, or it is a passing fault. */
export function refusal(status: number | null, realm: string | null, ours: string): ReceiverProblem | 'later' {
  if (status === 401 || status === 407) return realm !== null && realm !== ours ? 'realm' : 'password'
  if (status === 403) return 'password'
  if (status === 404) return 'unknown'
  return 'later'
}

/** What the browser says when it has no microphone for us. */
export function microphoneProblem(name: string): ReceiverProblem {
  return name === 'NotFoundError' || name === 'NotReadableError' || name === 'OverconstrainedError'
    ? 'no_microphone'
    : 'microphone'
}

const FIRST = 2
const LONGEST = 30
/** Seconds before the next try: longer each time, and never the same for a hall of browsers at once. */
export function retryAfter(tries: number, chance: number): number {
  const wait = Math.min(LONGEST, FIRST * 2 ** Math.max(0, tries - 1))
  return Math.round(wait * (0.5 + chance / 2) * 10) / 10
}

/** What the browser can do by itself with the call it has; everything else is the exchange's. */
export function byItself(verb: string, talk: Talk | null, kind = ''): boolean {
  if (talk === null) return false
  if (talk.stage === 'rings') return verb === 'answer'
  return ['hold', 'resume', 'mute', 'unmute'].includes(verb) || (verb === 'hangup' && kind === '')
}

/** Asked for by this person a moment ago, so it is taken without asking: their own call out, or listening in. */
export const EXPECTED_MS = 40_000
export function takenAtOnce(expectedSince: number | null, always: boolean, now: number): boolean {
  return always || (expectedSince !== null && now - expectedSince < EXPECTED_MS)
}
