-- 协办按时反馈率 (E.2, 3): assisting units, which count among themselves only.
SELECT s.ticket_id, s.item, s.unit_id, s.finish_due AS at, s.channel, s.category, s.region,
       coalesce(NOT s.late, false) AS hit, s.left_out AS excluded
  FROM share s
 WHERE s.part = 'assist'
