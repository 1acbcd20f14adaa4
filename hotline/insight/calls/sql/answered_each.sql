-- 人均接听 (E.3, 5): answered / agents signed in, each day of each agent counted once.
SELECT s.at, NULL::text AS queue, s.agent, 1::bigint AS value, 0::bigint AS whole, false AS excluded, s.call, s.place,
       NULL::text AS state
  FROM stay s WHERE s.outcome = 'answered'
 UNION ALL
SELECT p.at, NULL, p.agent, 0, 1, false, NULL, p.agent, 'signed_in' FROM spell p GROUP BY p.at, p.agent
