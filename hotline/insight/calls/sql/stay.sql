-- Every stay in a queue of whoever called us from $1 to $2, with who answered it; a call that overflows makes two.
-- `short`: given up within $4 seconds.
stay AS MATERIALIZED (
    SELECT c.offered_at AS at, c.id AS call, c.id || '#' || v.n AS place, v.queue,
           coalesce(sat.person_id::text, nullif(v.agent, '')) AS agent, v.outcome, v.wait_ms::bigint,
           v.talk_ms::bigint,
           coalesce(v.outcome = 'abandoned' AND v.wait_ms < $4::bigint * 1000, false) AS short
      FROM call c
     CROSS JOIN LATERAL ROWS FROM (
           jsonb_to_recordset(c.visits)
           AS (queue text, queued_at timestamptz, outcome text, wait_ms integer, talk_ms integer, agent text)
           ) WITH ORDINALITY AS v (queue, queued_at, outcome, wait_ms, talk_ms, agent, n)
      LEFT JOIN LATERAL (
           SELECT s.person_id FROM phone_sitting s
            WHERE s.provider = c.provider AND s.agent = v.agent AND s.began_at <= v.queued_at
              AND (s.ended_at IS NULL OR s.ended_at > v.queued_at)
            ORDER BY s.began_at DESC LIMIT 1
           ) sat ON true
     WHERE c.direction = 'in' AND c.offered_at >= $1 AND c.offered_at < $2
)
