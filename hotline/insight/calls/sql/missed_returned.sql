-- 漏接回拨率 (E.3, 4): reached, or answered when they called again, within a day / missed calls whose day is over or that
-- are settled.
SELECT m.missed_at AS at, c.queue, NULL::text AS agent,
       coalesce(m.ending IN ('reached', 'came_back') AND m.ended_at <= m.missed_at + interval '1 day', false)::int::bigint AS value,
       1::bigint AS whole, false AS excluded,
       m.call_id AS call, m.call_id AS place, NULL::text AS state
  FROM missed_call m
  JOIN call c ON c.id = m.call_id
 WHERE m.missed_at >= $1 AND m.missed_at < $2 AND (m.missed_at < $3::timestamptz - interval '1 day' OR m.ended_at IS NOT NULL)
