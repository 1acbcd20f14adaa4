-- 满意率 (E.3, 16): the three upper grades of five / effective callbacks.
SELECT v.ticket_id, v.item, v.unit_id, v.ended_at AS at, v.channel, v.category, v.region,
       coalesce(v.rating >= 3, false) AS hit, v.left_out AS excluded
  FROM verdict v
 WHERE v.ended_at IS NOT NULL
