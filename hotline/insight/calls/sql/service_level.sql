-- T 秒接通率 (E.3, 2): answered within $5 seconds / calls to a queue that ended; who gave up at once stays out.
SELECT s.at, s.queue, s.agent, coalesce(s.outcome = 'answered' AND s.wait_ms <= $5::bigint * 1000, false)::int::bigint AS value,
       1::bigint AS whole, s.short AS excluded,
       s.call, s.place, NULL::text AS state
  FROM stay s WHERE s.outcome IS NOT NULL
