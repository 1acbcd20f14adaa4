-- 净满意率 (E.3, 16): the two upper grades less the two lower / effective callbacks. May be less than nothing.
SELECT v.ticket_id, v.item, v.unit_id, v.ended_at AS at, v.channel, v.category, v.region,
       CASE WHEN v.rating >= 4 THEN 1 WHEN v.rating <= 2 THEN -1 ELSE 0 END AS value, v.left_out AS excluded
  FROM verdict v
 WHERE v.ended_at IS NOT NULL
