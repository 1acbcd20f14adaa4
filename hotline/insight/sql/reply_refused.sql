-- 审核驳回率 (E.3, 13): refused / replies handed in that were reviewed.
SELECT r.ticket_id, r.id AS item, s.unit_id, r.at, s.channel, s.category, s.region,
       r.decision = 'refused' AS hit,
       CASE WHEN s.off IN ('void', 'exempt') THEN s.off WHEN r.decision IN ('pending', 'lapsed') THEN r.decision END AS excluded
  FROM reply r
  JOIN share s ON s.ticket_id = r.ticket_id AND s.item = r.assignment_id
