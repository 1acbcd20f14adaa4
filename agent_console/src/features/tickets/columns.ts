/** The columns of the ticket search. */
export const COLUMNS = [
  { key: 'due', width: '112px' },
  { key: 'number', width: '108px' },
  { key: 'kind', width: '52px' },
  { key: 'title', width: 'minmax(220px, 3fr)' },
  { key: 'address', width: 'minmax(110px, 1.2fr)' },
  { key: 'unit', width: 'minmax(120px, 1.2fr)' },
  { key: 'state', width: '104px' },
  { key: 'created', width: '108px' },
  { key: 'people', width: '84px' },
] as const
