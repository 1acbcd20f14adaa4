-- 呼出平均通话时长 (E.3, 5): milliseconds talked / calls of ours that were answered and are over.
SELECT c.offered_at AS at, nullif(c.queue, '') AS queue, coalesce(c.person_id::text, nullif(c.agent, '')) AS agent,
       c.talk_ms::bigint AS value, 1::bigint AS whole, c.talk_ms IS NULL AS excluded,
       c.id AS call, c.id AS place, NULL::text AS state
  FROM call c WHERE c.direction = 'out' AND c.outcome = 'answered' AND c.offered_at >= $1 AND c.offered_at < $2
