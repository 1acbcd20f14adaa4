-- 有效回访率 (E.3, 14): reached and both questions answered / callbacks tried to the end.
SELECT v.ticket_id, v.item, v.unit_id, v.ended_at AS at, v.channel, v.category, v.region,
       v.left_out IS NULL AS hit,
       coalesce(v.off, CASE WHEN v.outcome IS NULL THEN 'unended' WHEN v.outcome = 'not_asked' THEN v.outcome END) AS excluded
  FROM verdict v
 WHERE v.ended_at IS NOT NULL
