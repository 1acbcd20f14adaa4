-- 退单率 (E.3, 11): return asked for / sent. What was given back stays in: it was sent, and it was asked.
SELECT s.ticket_id, s.item, s.unit_id, s.dispatched_at AS at, s.channel, s.category, s.region,
       EXISTS (SELECT FROM request r
                WHERE r.ticket_id = s.ticket_id AND r.assignment_id = s.item AND r.asked = 'return') AS hit,
       CASE WHEN s.off IN ('void', 'merged', 'exempt') THEN s.off END AS excluded
  FROM share s
 WHERE s.part = 'lead' AND s.round = 0
