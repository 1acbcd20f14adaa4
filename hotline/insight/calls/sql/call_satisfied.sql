-- 话务满意率 (E.3, 7): 3 to 5 pressed after the call / whoever pressed 1 to 5; what was pressed else stays out.
SELECT c.offered_at AS at, nullif(c.queue, '') AS queue, coalesce(c.person_id::text, nullif(c.agent, '')) AS agent,
       (c.score >= 3)::int::bigint AS value, 1::bigint AS whole, c.score NOT BETWEEN 1 AND 5 AS excluded,
       c.id AS call, c.id AS place, NULL::text AS state
  FROM call c
 WHERE c.score IS NOT NULL AND c.direction = 'in' AND c.offered_at >= $1 AND c.offered_at < $2
