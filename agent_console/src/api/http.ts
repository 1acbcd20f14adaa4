/** One way to ask the server: JSON in and out, the session's token on what changes something, refusals as ApiError. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The whole body of the refusal: `fields`, `version`, `allowed` … as docs/api.md says. */
    readonly data: Record<string, unknown> = {},
  ) {
    super(message)
  }

  /** Nothing was heard from the server: what was sent may or may not have arrived. */
  get offline(): boolean {
    return this.status === 0
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>

const BASE = '/api/v1'
/** Characters; browsers carry no more than 64 KB on for pages that are gone, all messages together. */
const KEPT_ALIVE = 4_000
const CSRF_HEADER = 'X-CSRF-Token'
let csrf = ''
let onSignedOut: () => void = () => {}

export function useToken(token: string): void {
  csrf = token
}

/** Called once when the server says that nobody is signed in any more. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler
}

export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return BASE + path + (text ? `?${text}` : '')
}

async function send<T>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers[CSRF_HEADER] = csrf
  if (body !== undefined) headers['Content-Type'] = body instanceof Blob ? body.type : 'application/json'
  const written = body === undefined || body instanceof Blob ? (body as Blob | undefined) : JSON.stringify(body)
  let answered: Response
  try {
    answered = await fetch(url, {
      method,
      headers,
      body: written,
      signal: signal ?? null,
      credentials: 'same-origin',
      cache: 'no-store',
      // What was pressed arrives though the page is left or reloaded in the same moment.
      keepalive: method !== 'GET' && (typeof written === 'string' ? written.length < KEPT_ALIVE : !written),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 'network', '网络中断,没有送达。请检查网络后重试。')
  }
  return read<T>(answered, url)
}

async function read<T>(answered: Response, url: string): Promise<T> {
  if (answered.status === 204) return undefined as T
  const told: unknown = await answered.json().catch(() => null)
  if (answered.ok) return told as T
  const data = (told ?? {}) as Record<string, unknown>
  if (answered.status === 401 && !url.endsWith('/session')) onSignedOut()
  throw new ApiError(
    answered.status,
    String(data.error ?? 'internal'),
    String(data.message ?? '服务器没有给出可读的答复,本次操作可能没有保存,请稍后重试。'),
    data,
  )
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    send<T>('GET', address(path, query), undefined, signal),
  post: <T>(path: string, body: unknown = {}, signal?: AbortSignal) => send<T>('POST', address(path), body, signal),
  put: <T>(path: string, body: unknown) => send<T>('PUT', address(path), body),
  patch: <T>(path: string, body: unknown) => send<T>('PATCH', address(path), body),
  delete: <T>(path: string) => send<T>('DELETE', address(path)),
}

/** Sent while the page is being closed: the browser sees it through, nobody hears the answer. */
export function farewell(method: 'POST' | 'DELETE', path: string, body: unknown = {}): void {
  const headers = { [CSRF_HEADER]: csrf, 'Content-Type': 'application/json' }
  void fetch(address(path), {
    method,
    headers,
    body: JSON.stringify(body),
    keepalive: true,
    credentials: 'same-origin',
  })
}

/** The sentence to show for whatever went wrong. */
export function sentence(error: unknown): string {
  return error instanceof Error && error.message ? error.message : '出了意外的问题,请重试。'
}

/** Sends a file with its progress (0 to 1); fetch cannot tell how much has left. */
export function upload<T>(path: string, form: FormData, progress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', address(path))
    request.setRequestHeader(CSRF_HEADER, csrf)
    request.setRequestHeader('Accept', 'application/json')
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total)
    request.onerror = () => reject(new ApiError(0, 'network', '网络中断,文件没有传完。请检查网络后重试。'))
    request.onload = () => {
      const answered = new Response(request.status === 204 ? null : request.responseText, { status: request.status })
      read<T>(answered, path).then(resolve, reject)
    }
    request.send(form)
  })
}
