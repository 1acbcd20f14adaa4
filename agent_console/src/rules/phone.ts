/** Telephone numbers: as typed, as kept, as shown. */

/** Digits only, without the country code: what the server stores and compares. */
export function plain(text: string): string {
  const digits = text.normalize('NFKC').replace(/[\s\-()()]/g, '')
  return digits.replace(/^(\+|00)86/, '').replace(/^86(?=1\d{10}$)/, '')
}

export function isMobile(text: string): boolean {
  return /^1[3-9]\d{9}$/.test(plain(text))
}

export function isLandline(text: string): boolean {
  return /^(0\d{2,3})?[2-9]\d{6,7}(转\d{1,6})?$/.test(plain(text))
}

export function isPhone(text: string): boolean {
  return isMobile(text) || isLandline(text)
}

/** 139****5678: enough to recognise, too little to call. A number that is masked already stays as it is. */
export function masked(text: string): string {
  const digits = plain(text)
  if (digits.includes('*') || digits.length < 7) return digits
  return `${digits.slice(0, 3)}${'*'.repeat(digits.length - 7)}${digits.slice(-4)}`
}

/** 139 1234 5678: easier to read out. */
export function spaced(text: string): string {
  const digits = plain(text)
  return /^1[\d*]{10}$/.test(digits) ? `${digits.slice(0, 3)} ${digits.slice(3, 7)} ${digits.slice(7)}` : digits
}
