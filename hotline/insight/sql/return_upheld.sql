-- 退单成立率 (E.3, 11): granted / decided returns. Nothing is said of one that is still examined.
SELECT r.ticket_id, r.id AS item, r.unit_id, r.at, t.channel, t.category, t.region,
       r.decision = 'granted' AS hit,
       CASE WHEN t.state = 'void' THEN t.state WHEN t.exempt IS NOT NULL THEN 'exempt'
            WHEN r.decision IN ('pending', 'lapsed') THEN r.decision END AS excluded
  FROM request r
  JOIN ticket t ON t.id = r.ticket_id
 WHERE r.asked = 'return'
