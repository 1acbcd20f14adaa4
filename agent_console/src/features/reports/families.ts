/** The measures in the tables they are read in; each table fits a small desk. */
export type Family = 'handling' | 'citizen' | 'asked' | 'dispatch' | 'centre'

export const FAMILIES: Record<Family, readonly string[]> = {
  handling: [
    'sign_on_time',
    'contact_on_time',
    'finish_on_time',
    'finished',
    'finish_days',
    'extension_rate',
    'assist_on_time',
  ],
  citizen: [
    'solved',
    'partly_solved',
    'satisfied',
    'net_satisfied',
    'mean_rating',
    'second_satisfied',
    'result_alone',
    'rework',
  ],
  asked: ['callback_done', 'callback_reached', 'repeat', 'first_call'],
  dispatch: ['return_rate', 'return_upheld', 'return_refused', 'dispatch_accuracy', 'auto_dispatch', 'passed_on'],
  centre: [
    'reply_refused',
    'direct_answer',
    'direct_satisfied',
    'letter_on_time',
    'instruction_done',
    'difficult_settled',
  ],
}

/** Of calls: how they were taken, and the time of those who took them. */
export type CallFamily = 'taken' | 'time'
export const CALL_FAMILIES: Record<CallFamily, readonly string[]> = {
  taken: ['answer_rate', 'service_level', 'abandon_rate', 'missed_returned', 'answer_wait', 'call_satisfied'],
  time: ['talk_time', 'talk_time_out', 'wrap_time', 'handle_time', 'occupancy', 'busy_rate', 'answered_each'],
}
export const CALL_HEADLINE = [
  'answer_rate',
  'service_level',
  'answer_wait',
  'abandon_rate',
  'occupancy',
  'call_satisfied',
]

/** What a leader asks first. */
export const HEADLINE = ['contact_on_time', 'finish_on_time', 'solved', 'satisfied', 'rework', 'dispatch_accuracy']

/** Means, where no table says so. */
export const MEANS: readonly string[] = ['finish_days', 'mean_rating', 'passed_on']
