/** The rows of a long table by the words in their names. Pure. */

/** A table of more rows is not taken in at a glance. */
export const MANY = 12

/** Rows whose name holds every word, in any order: 城管 怀柔. */
export function called<R extends { name: string }>(rows: readonly R[], words: string): readonly R[] {
  const sought = words.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return sought.length
    ? rows.filter(({ name }) => sought.every((word) => name.toLocaleLowerCase().includes(word)))
    : rows
}
