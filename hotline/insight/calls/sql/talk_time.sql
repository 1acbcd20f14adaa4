-- 平均通话时长 ATT (E.3, 5): milliseconds talked, the time on hold among them / answered calls that are over.
SELECT s.at, s.queue, s.agent, s.talk_ms AS value, 1::bigint AS whole, s.talk_ms IS NULL AS excluded,
       s.call, s.place, NULL::text AS state
  FROM stay s WHERE s.outcome = 'answered'
