-- 办结率 (E.3, 10): answered, late or not / leads whose deadline has come.
SELECT s.ticket_id, s.item, s.unit_id, s.finish_due AS at, s.channel, s.category, s.region,
       s.stage IN ('done', 'replied') AS hit, s.left_out AS excluded
  FROM share s
 WHERE s.part = 'lead'
