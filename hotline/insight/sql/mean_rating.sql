-- 满意度平均分 (E.3, 16): the five grades as 5 to 1, over effective callbacks.
SELECT v.ticket_id, v.item, v.unit_id, v.ended_at AS at, v.channel, v.category, v.region,
       coalesce(v.rating, 0) AS value, v.left_out AS excluded
  FROM verdict v
 WHERE v.ended_at IS NOT NULL
