-- 平均处理时长 AHT (E.3, 5): milliseconds of talk, hold and writing up / answered.
SELECT p.at, NULL::text AS queue, p.agent, p.ms AS value, 0::bigint AS whole, false AS excluded,
       NULL::text AS call, p.agent || '#' || p.state AS place, p.state
  FROM spell p WHERE p.state = 'wrap_up'
 UNION ALL
SELECT s.at, NULL, s.agent, coalesce(s.talk_ms, 0), 1, false, s.call, s.place, NULL FROM stay s WHERE s.outcome = 'answered'
