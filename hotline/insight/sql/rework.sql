-- 重办率 (E.3, 17): tickets sent back to work / tickets called back. A ticket counts once, however often it went round: on
-- the day of its first callback that counts.
SELECT v.ticket_id, min(v.item) AS item, (array_agg(v.unit_id ORDER BY v.item))[1] AS unit_id,
       coalesce(min(v.ended_at) FILTER (WHERE v.left_out IS NULL), min(v.ended_at)) AS at,
       v.channel, v.category, v.region,
       bool_or(EXISTS (SELECT FROM assignment n WHERE n.ticket_id = v.ticket_id AND n.part = 'lead'
                                                   AND n.round = v.round + 1 AND n.dispatched_at = v.ended_at)) AS hit,
       CASE WHEN bool_and(v.left_out IS NOT NULL) THEN min(v.left_out) END AS excluded
  FROM verdict v
 WHERE v.ended_at IS NOT NULL
 GROUP BY v.ticket_id, v.channel, v.category, v.region
