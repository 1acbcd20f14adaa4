-- 二次满意率 (E.3, 17): satisfied / effective callbacks after a rework.
SELECT v.ticket_id, v.item, v.unit_id, v.ended_at AS at, v.channel, v.category, v.region,
       coalesce(v.rating >= 3, false) AS hit, v.left_out AS excluded
  FROM verdict v
 WHERE v.round > 0 AND v.ended_at IS NOT NULL
