-- 平均等待 (E.3, 3): milliseconds waited by the answered / answered.
SELECT s.at, s.queue, s.agent, s.wait_ms AS value, 1::bigint AS whole, s.wait_ms IS NULL AS excluded,
       s.call, s.place, NULL::text AS state
  FROM stay s WHERE s.outcome = 'answered'
