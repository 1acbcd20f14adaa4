/** A tree as lines: which are shown when some are folded, and which a search finds. Pure. */
export interface Node {
  key: string
  parent: string | null
  text: string
}

/** The keys to show: what a search finds with all that stands above it, else what hangs below nothing folded. */
export function shown(nodes: readonly Node[], open: ReadonlySet<string>, sought: string): Set<string> {
  const above = new Map(nodes.map((node) => [node.key, node.parent]))
  const words = sought.trim().toLowerCase()
  if (words) {
    const found = new Set<string>()
    for (const node of nodes) {
      if (!node.text.toLowerCase().includes(words)) continue
      for (let at: string | null = node.key; at !== null; at = above.get(at) ?? null) found.add(at)
    }
    return found
  }
  const seen = new Set<string>()
  for (const node of nodes) {
    if (node.parent === null || (seen.has(node.parent) && open.has(node.parent))) seen.add(node.key)
  }
  return seen
}
