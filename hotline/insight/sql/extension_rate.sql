-- 延期率 (E.3, 12): extended / leads whose deadline has come.
SELECT s.ticket_id, s.item, s.unit_id, s.finish_due AS at, s.channel, s.category, s.region,
       s.extensions > 0 AS hit, s.left_out AS excluded
  FROM share s
 WHERE s.part = 'lead'
