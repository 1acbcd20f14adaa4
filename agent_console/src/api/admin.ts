/** The administrator's desk: directory, catalogue, categories, limits, calendar, models, logs. */
import { api, upload, type Query } from './http'
import type {
  AddPerson,
  AddUnit,
  Admitted,
  AllCategories,
  AllUnits,
  Applied,
  CalendarView,
  CategoryUse,
  ChangePerson,
  Closed,
  Day,
  Deputy,
  DeputyList,
  Ended,
  EntryPage,
  Extension,
  ExtensionBody,
  ExtensionList,
  FullCategory,
  GrantDeputy,
  HotlineDirectoryStaffStorePerson as Person,
  ListedEntry,
  Models,
  OpenWorkList,
  Packs,
  PeoplePage,
  Preview,
  PutEntry,
  ReferenceChanges,
  RegionList,
  RegisteredModel,
  Restructured,
  Role,
  RoleMatrix,
  RowsTaken,
  SecurityPage,
  SignInPage,
  HotlineRoutingEditingHttpTable as Table,
  Unit,
  UnitHistory,
  UnitWeight,
} from './types'

export type {
  AddUnit,
  Answering,
  Applied,
  CalendarView,
  CategoryUse,
  Closed,
  Day,
  Deputy,
  Extension,
  FullCategory,
  HotlineDirectoryStaffStorePerson as Person,
  HotlineSlaRecomputeMoved as MovedClock,
  ListedEntry,
  Models,
  OpenWork,
  Packs,
  PackVersion,
  Preview,
  PutEntry,
  ReferenceChange,
  RegisteredModel,
  RejectedRow,
  Role,
  RoleMatrix,
  RoleView,
  SecurityLine,
  SignInLine,
  Unit,
  UnitKind,
  UnitWeight,
} from './types'

export const people = (query: Query, signal?: AbortSignal) => api.get<PeoplePage>('/people', query, signal)
export const addPerson = (body: AddPerson) => api.post<Admitted>('/people', body)
export const changePerson = (id: number, body: ChangePerson) => api.patch<Person>(`/people/${id}`, body)
export const setRoles = (id: number, roles: Role[]) => api.put<Person>(`/people/${id}/roles`, { roles })
export const resetPassword = (id: number) => api.post<Admitted>(`/people/${id}/password`)
export const deactivate = (id: number) => api.post<Closed>(`/people/${id}/deactivate`)
export const activate = (id: number) => api.post<Person>(`/people/${id}/activate`)
export const work = (id: number) => api.get<OpenWorkList>(`/people/${id}/work`)
export const deputies = (person: number) => api.get<DeputyList>('/deputies', { person })
export const grantDeputy = (body: GrantDeputy) => api.post<Deputy>('/deputies', body)
export const endDeputy = (id: number) => api.post<Deputy>(`/deputies/${id}/end`)
export const roles = () => api.get<RoleMatrix>('/roles')

export const units = () => api.get<AllUnits>('/directory/units')
export const addUnit = (body: AddUnit) => api.post<Unit>('/units', body)
export const changeUnit = (id: number, body: Record<string, unknown>) => api.patch<Unit>(`/units/${id}`, body)
export const setAliases = (id: number, aliases: string[]) => api.put<Unit>(`/units/${id}/aliases`, { aliases })
export const unitHistory = (id: number) => api.get<UnitHistory>(`/units/${id}/history`)
export const weight = (id: number) => api.get<UnitWeight>(`/units/${id}/weight`)
export const moveUnit = (id: number, parent_id: number | null, reason: string) =>
  api.post<Restructured>(`/units/${id}/move`, { parent_id, reason })
export const mergeUnit = (id: number, into: number, reason: string) =>
  api.post<Restructured>(`/units/${id}/merge`, { into, reason })
export const regions = (parent?: string) => api.get<RegionList>('/regions', { parent })

export const entries = (query: Query, signal?: AbortSignal) => api.get<EntryPage>('/directory/catalogue', query, signal)
export const putEntry = (body: PutEntry) => api.post<ListedEntry>('/catalogue', body)
export const endEntry = (id: number, day: string) => api.post<Ended>(`/catalogue/${id}/end`, { day })
export const takeRows = (rows: Record<string, string>[]) => api.post<RowsTaken>('/catalogue/rows', { rows })
export function readTable(file: File, progress: (share: number) => void): Promise<Table> {
  const form = new FormData()
  form.append('file', file)
  return upload<Table>('/catalogue/table', form, progress)
}

export const categories = () => api.get<AllCategories>('/directory/categories')
export const addCategory = (body: { parent: string | null; name: string; words: string; duty: boolean }) =>
  api.post<FullCategory>('/categories', body)
export const changeCategory = (code: string, body: { name: string; words: string; duty: boolean }) =>
  api.patch<FullCategory>(`/categories/${code}`, body)
export const categoryUse = (code: string) => api.get<CategoryUse>(`/categories/${code}/use`)
export const setCategory = (code: string, active: boolean) =>
  api.post<FullCategory>(`/categories/${code}/${active ? 'activate' : 'deactivate'}`)

export const calendar = (year: number) => api.get<CalendarView>('/calendar', { year })
export const previewDays = (days: Day[]) => api.post<Preview>('/calendar/preview', { days })
export const putDays = (days: Day[]) => api.put<Applied>('/calendar/days', { days })
export const confirmYear = (year: number) => api.post<unknown>('/calendar/confirm', { year })

export const packs = () => api.get<Packs>('/sla/packs')
export const previewPack = (pack: unknown) => api.post<Preview>('/sla/packs/preview', { pack })
export const putPack = (pack: unknown) => api.put<Applied>('/sla/packs', { pack })

export const models = () => api.get<Models>('/models')
export const registerModel = (folder: string) => api.post<RegisteredModel>('/models', { folder })
export const promoteModel = (id: number) => api.post<RegisteredModel>(`/models/${id}/promote`)
export const retireModel = (id: number) => api.post<RegisteredModel>(`/models/${id}/retire`)

export const changes = (subject: 'catalogue' | 'category' | 'model' | 'extension') =>
  api.get<ReferenceChanges>('/reference/changes', { subject, limit: 50 })
export const securityLog = (query: Query) => api.get<SecurityPage>('/security/log', query)
export const signIns = (query: Query) => api.get<SignInPage>('/security/sign_ins', query)

export const extensions = () => api.get<ExtensionList>('/extensions')
export const setExtension = (number: string, body: ExtensionBody) => api.put<Extension>(`/extensions/${number}`, body)
export const forgetExtension = (number: string) => api.delete<void>(`/extensions/${number}`)
