-- 自动派单率: first sending done by the system / tickets sent.
SELECT s.ticket_id, s.item, s.unit_id, s.dispatched_at AS at, s.channel, s.category, s.region,
       s.automatic AS hit, CASE WHEN s.off IN ('void', 'merged') THEN s.off END AS excluded
  FROM share s
 WHERE s.part = 'lead' AND s.round = 0
   AND NOT EXISTS (SELECT FROM assignment b WHERE b.ticket_id = s.ticket_id AND b.part = 'lead' AND b.id < s.item)
