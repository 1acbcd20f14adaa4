/** Rows as a CSV that a spreadsheet opens in Chinese, and in which no cell is a formula. Pure. */
export function asCsv(rows: readonly Record<string, string>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cell = (value: string) => {
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const lines = rows.map((row) => columns.map((column) => cell(row[column] ?? '')).join(','))
  return `\ufeff${[columns.map(cell).join(','), ...lines].join('\r\n')}\r\n`
}
