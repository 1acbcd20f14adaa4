/** Looking for a category in the tree by name, initials, code or a typical word. */
import type { CategoryNode } from '@/api/types'

const ANY = '?'

/** Whether letters run somewhere through initials; a rare character stands for any letter. */
export function spells(letters: string, initials: string): boolean {
  for (let at = 0; at + letters.length <= initials.length; at++)
    if ([...letters].every((letter, n) => initials[at + n] === letter || initials[at + n] === ANY)) return true
  return false
}

function rank(node: CategoryNode, word: string): number {
  const name = node.name.toLowerCase()
  if (name.startsWith(word) || node.code === word) return 1
  if (name.includes(word) || node.code.startsWith(word)) return 2
  if (/^[a-z]+$/.test(word) && spells(word, node.initials)) return 3
  if (node.full_name.toLowerCase().includes(word)) return 4
  return node.words.some((one) => one.toLowerCase().includes(word)) ? 5 : 0
}

/** All words must fit; the deepest of equals first, for it says most. */
export function search(nodes: readonly CategoryNode[], text: string, most = 30): CategoryNode[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const found = nodes.flatMap((node) => {
    const ranks = words.map((word) => rank(node, word))
    return ranks.includes(0) ? [] : [{ node, rank: Math.max(...ranks) }]
  })
  found.sort((a, b) => a.rank - b.rank || b.node.level - a.node.level || a.node.code.localeCompare(b.node.code))
  return found.slice(0, most).map((one) => one.node)
}

export const below = (nodes: readonly CategoryNode[], parent: string | null): CategoryNode[] =>
  nodes.filter((node) => node.parent === parent)

/** 路灯不亮 of 市政设施/路灯照明/路灯不亮, and what stands above it. */
export const leaf = (full: string): string => full.slice(full.lastIndexOf('/') + 1)
export const above = (full: string): string => full.slice(0, Math.max(full.lastIndexOf('/'), 0)).replaceAll('/', ' · ')
