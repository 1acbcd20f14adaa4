-- 工时利用率 (E.3, 5): milliseconds ready, ringing, talking or writing up / signed in.
SELECT p.at, NULL::text AS queue, p.agent, CASE WHEN p.state <> 'not_ready' THEN p.ms ELSE 0 END AS value, p.ms AS whole,
       false AS excluded,
       NULL::text AS call, p.agent || '#' || p.state AS place, p.state
  FROM spell p
