/** 振铃 and the short tone before a call that takes itself, made here: 450 Hz, as telephones in this country sound. */
const PITCH = 450
const SECOND = 1000

function tone(context: AudioContext, begin: number, length: number): void {
  const one = context.createOscillator()
  const loudness = context.createGain()
  one.frequency.value = PITCH
  loudness.gain.value = 0.06
  one.connect(loudness).connect(context.destination)
  one.start(begin)
  one.stop(begin + length)
}

/** Rings, one second in five, until the answer is called. Without a loudspeaker the screen tells it all the same. */
export function ring(): () => void {
  let context: AudioContext
  try {
    context = new AudioContext()
  } catch {
    return () => undefined
  }
  const once = () => tone(context, context.currentTime, 1)
  once()
  const timer = setInterval(once, 5 * SECOND)
  return () => {
    clearInterval(timer)
    void context.close()
  }
}

export function beep(): void {
  try {
    const context = new AudioContext()
    tone(context, context.currentTime, 0.25)
    setTimeout(() => void context.close(), SECOND)
  } catch {
    // Nothing to hear it with.
  }
}
