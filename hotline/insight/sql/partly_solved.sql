-- 部分解决率 (E.3, 15): partly solved / answers on it. 解决率 takes α of it in where the scoring rules say so (部分解决折算).
SELECT v.ticket_id, v.item, v.unit_id, v.ended_at AS at, v.channel, v.category, v.region,
       coalesce(v.solved = 'partly', false) AS hit, v.left_out AS excluded
  FROM verdict v
 WHERE v.ended_at IS NOT NULL
