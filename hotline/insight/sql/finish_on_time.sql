-- 按时办结率 (E.3, 10): accepted reply handed in by the deadline in force / leads whose deadline has come (应办结).
-- Shelved before its deadline counts as in time. A reply handed in by then and still under review is not judged yet.
SELECT s.ticket_id, s.item, s.unit_id, s.finish_due AS at, s.channel, s.category, s.region,
       coalesce(NOT s.late, shelved.in_time, false) AS hit,
       coalesce(s.left_out, CASE WHEN s.stage = 'replied' AND handed.in_time THEN 'pending' END) AS excluded
  FROM share s
  LEFT JOIN LATERAL (
       SELECT true AS in_time FROM ticket_overlay o
        WHERE s.state = 'suspended' AND s.late IS NULL AND o.ticket_id = s.ticket_id AND o.kind = 'shelved'
          AND o.ended_at IS NULL AND o.at <= s.finish_due LIMIT 1
       ) shelved ON true
  LEFT JOIN LATERAL (
       SELECT r.at <= r.due AS in_time FROM reply r
        WHERE s.stage = 'replied' AND r.ticket_id = s.ticket_id AND r.assignment_id = s.item AND r.decision = 'pending'
       ) handed ON true
 WHERE s.part = 'lead'
