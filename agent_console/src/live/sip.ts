/** One registration at the PBX and the one call it may have. It knows no store; JsSIP is fetched when it is first needed. */
import type { UA } from 'jssip'
import type { IncomingRTCSessionEvent, OutgoingRTCSessionEvent, UnRegisteredEvent } from 'jssip/lib/UA'
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { BrowserPhone } from '@/api/types'

export interface SipHeard {
  registered(): void
  /** The socket or the registration is gone. `status`: the exchange's answer; null: none came. */
  lost(status: number | null, realm: string | null): void
  /** Every change of the call; null: there is none any more. */
  call(call: SipCall | null): void
  /** It could not be talked: the microphone was taken away, or no way for the sound was found. */
  failed(because: 'media'): void
}

export interface SipCall {
  from: string
  talks: boolean
  held: boolean
  muted: boolean
}

export interface SipLine {
  /** Asks again at once. */
  retry(): void
  stop(): void
  answer(): void
  hangUp(): void
  hold(on: boolean): void
  mute(on: boolean): void
  press(key: string): void
}

const EXPIRES = 120
/** Milliseconds after the first way for the sound was found; a relay that does not answer must not delay the answer. */
const ENOUGH = 400
/** JsSIP would also try by itself, at moments that it tells nobody: whoever opened the line says when. */
const NEVER = 86_400
/** Milliseconds until a hold is tried again that came while the one before was still being agreed on. */
const AGREEING = 150
/** The browser's name at the exchange, the same after a reload: its old registration is replaced, no other is touched. */
const INSTANCE = 'hotline.browser-phone'

function instance(): string {
  const kept = localStorage.getItem(INSTANCE)
  if (kept) return kept
  const made = crypto.randomUUID()
  localStorage.setItem(INSTANCE, made)
  return made
}

/** JsSIP's own way to connect again; it is there, and left out of its declarations. */
interface Connecting {
  transport: { connect(): void }
}

const MEDIA_FAULTS = ['User Denied Media Access', 'WebRTC Error', 'Bad Media Description', 'Incompatible SDP']

export async function openLine(told: BrowserPhone, heard: SipHeard): Promise<SipLine> {
  const sip = await import('jssip')
  const socket = new sip.WebSocketInterface(told.address)
  const ua: UA = new sip.UA({
    sockets: [socket],
    uri: told.uri,
    authorization_user: told.account,
    realm: told.realm,
    ha1: told.ha1,
    instance_id: instance(),
    contact_uri: `sip:${instance().slice(0, 8)}@browser.invalid;transport=ws`,
    register_expires: EXPIRES,
    session_timers: false,
    connection_recovery_min_interval: NEVER,
    connection_recovery_max_interval: NEVER,
    user_agent: 'hotline-console',
  })
  const sound = new Audio()
  const servers: RTCIceServer[] = told.ice.map((one) =>
    one.username ? { urls: one.urls, username: one.username, credential: one.credential } : { urls: one.urls },
  )
  let session: RTCSession | null = null
  let stopped = false
  let wish: boolean | null = null
  let again: ReturnType<typeof setTimeout> | undefined

  /** Held or not, as was wished last: JsSIP drops a change that comes before the other side has agreed to the one before. */
  function settle(): void {
    clearTimeout(again)
    if (!session || session.isEnded() || wish === null) return
    if (session.isOnHold().local === wish) wish = null
    else if (!(wish ? session.hold() : session.unhold())) again = setTimeout(settle, AGREEING)
  }

  function tell(): void {
    if (!session || session.isEnded()) return heard.call(null)
    heard.call({
      from: session.remote_identity.uri.user ?? '',
      talks: session.isEstablished(),
      held: session.isOnHold().local,
      muted: session.isMuted().audio ?? false,
    })
  }

  function over(event?: { cause: string }): void {
    session = wish = null
    sound.srcObject = null
    heard.call(null)
    if (event && MEDIA_FAULTS.includes(event.cause)) heard.failed('media')
  }

  function take(one: RTCSession): void {
    session = one
    one.on('peerconnection', ({ peerconnection }) =>
      peerconnection.addEventListener('track', ({ streams }) => {
        sound.srcObject = streams[0] ?? null
        void sound.play().catch(() => undefined)
      }),
    )
    let soon: ReturnType<typeof setTimeout> | undefined
    one.on('icecandidate', ({ candidate, ready }) => {
      clearTimeout(soon)
      if (candidate.type === 'relay') ready()
      else soon = setTimeout(ready, ENOUGH)
    })
    for (const change of ['accepted', 'confirmed', 'hold', 'unhold', 'muted', 'unmuted'] as const) one.on(change, tell)
    one.on('ended', over)
    one.on('failed', over)
    tell()
  }

  ua.on('newRTCSession', ({ originator, session: one }: IncomingRTCSessionEvent | OutgoingRTCSessionEvent) => {
    // `remote` is the word on the wire; JsSIP declares its own enum of it and ships none.
    if (String(originator) !== 'remote') return
    if (session) one.terminate({ status_code: 486 })
    else take(one)
  })
  ua.on('registered', () => stopped || heard.registered())
  ua.on('registrationFailed', ({ response }: UnRegisteredEvent) => {
    const asked = response?.parseHeader?.('www-authenticate') as { realm?: string } | undefined
    if (!stopped) heard.lost(response?.status_code ?? null, asked?.realm ?? null)
  })
  ua.on('disconnected', () => stopped || heard.lost(null, null))
  ua.start()

  return {
    retry: () => (ua.isConnected() ? ua.register() : (ua as unknown as Connecting).transport.connect()),
    stop() {
      stopped = true
      ua.stop()
      over()
    },
    answer: () =>
      session?.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: servers } }),
    hangUp: () => session?.terminate(),
    hold(on) {
      wish = on
      settle()
    },
    mute: (on) => (on ? session?.mute({ audio: true }) : session?.unmute({ audio: true })),
    press: (key) => session?.sendDTMF(key, { transportType: sip.C.DTMF_TRANSPORT.RFC2833 }),
  }
}
