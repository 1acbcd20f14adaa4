/** The measures in the tables they are read in; each table fits a small desk. */
export type Family = 'handling' | 'citizen' | 'dispatch' | 'centre'

export const FAMILIES: Record<Family, readonly string[]> = {
  handling: ['sign_on_time', 'contact_on_time', 'finish_on_time', 'finished', 'extension_rate', 'assist_on_time'],
  citizen: ['solved', 'satisfied', 'second_satisfied', 'rework', 'callback_done', 'callback_reached'],
  dispatch: ['return_rate', 'return_upheld', 'return_refused', 'dispatch_accuracy', 'auto_dispatch'],
  centre: ['reply_refused', 'letter_on_time', 'direct_answer', 'repeat'],
}

/** What a leader asks first. */
export const HEADLINE = ['contact_on_time', 'finish_on_time', 'solved', 'satisfied', 'rework', 'dispatch_accuracy']
