/** What was sent a moment ago and can still be called back: one at a time, the next one sends it off. Pure of screens. */

export interface Parcel {
  id: number
  title: string
  unit: string
  /** Asks the server; rejects with the reason. */
  send: (leaving: boolean) => Promise<unknown>
}

export interface Post {
  /** Put one in the window; what was there goes out now. */
  put: (parcel: Parcel) => void
  /** Take back what has not gone out. */
  undo: () => Parcel | null
  /** Send now. `leaving`: the page is being closed. */
  flush: (leaving?: boolean) => Promise<void>
}

export interface Office {
  shown: (parcel: Parcel | null) => void
  sent: (parcel: Parcel) => void
  refused: (parcel: Parcel, reason: unknown) => void
}

export function post(office: Office): Post {
  let waiting: Parcel | null = null

  async function flush(leaving = false): Promise<void> {
    const parcel = waiting
    if (!parcel) return
    waiting = null
    office.shown(null)
    try {
      await parcel.send(leaving)
      office.sent(parcel)
    } catch (reason) {
      office.refused(parcel, reason)
    }
  }

  function put(parcel: Parcel): void {
    void flush()
    waiting = parcel
    office.shown(parcel)
  }

  function undo(): Parcel | null {
    const parcel = waiting
    waiting = null
    if (parcel) office.shown(null)
    return parcel
  }

  return { put, undo, flush }
}
