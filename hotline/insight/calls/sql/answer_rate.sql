-- 人工接通率 (E.3, 1): answered / calls to a queue that ended one way or other; who gave up at once stays out.
SELECT s.at, s.queue, s.agent, (s.outcome = 'answered')::int::bigint AS value, 1::bigint AS whole, s.short AS excluded,
       s.call, s.place, NULL::text AS state
  FROM stay s WHERE s.outcome IS NOT NULL
