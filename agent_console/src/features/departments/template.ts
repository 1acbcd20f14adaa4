/** Templates: what can be filled in from the ticket is, the rest stays as a blank that the gate asks for. */

export interface About {
  id: number
  title: string
  address: string
  unit: string
  today: string
}

const KNOWN: Record<string, (about: About) => string> = {
  工单编号: (about) => String(about.id),
  标题: (about) => about.title,
  地点: (about) => about.address,
  单位: (about) => about.unit,
  今天: (about) => about.today,
}

export function filled(template: string, about: About): string {
  return template.replace(/\{([^{}\n]{1,20})\}/g, (blank, name: string) => KNOWN[name.trim()]?.(about) || blank)
}

/** Where the first blank stands: the caret goes there. */
export function firstBlank(text: string): [from: number, to: number] | null {
  const found = /\{[^{}\n]{1,20}\}/.exec(text)
  return found ? [found.index, found.index + found[0].length] : null
}
