-- 呼损率 (E.3, 4): given up / calls to a queue that ended; who gave up at once stays out.
SELECT s.at, s.queue, s.agent, (s.outcome = 'abandoned')::int::bigint AS value, 1::bigint AS whole, s.short AS excluded,
       s.call, s.place, NULL::text AS state
  FROM stay s WHERE s.outcome IS NOT NULL
