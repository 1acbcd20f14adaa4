/** 导出台账: ordered, written by a worker, fetched by who asked. */
import { address, api } from './http'
import type { LedgerExport, LedgerExports, LedgerOrder } from './types'

export type { LedgerExport, LedgerExports, LedgerOrder }
export type LedgerColumn = LedgerExports['columns'][number]

export const exports = (all: boolean, signal?: AbortSignal) =>
  api.get<LedgerExports>('/reports/exports', { all: all ? '1' : undefined }, signal)
export const orderExport = (order: LedgerOrder) => api.post<LedgerExport>('/reports/exports', order)
export const cancelExport = (id: number) => api.delete<void>(`/reports/exports/${id}`)
export const exportFile = (id: number) => address(`/reports/exports/${id}/file`)
