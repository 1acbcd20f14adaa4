-- 平均办理时长 (E.3, 10): working days from the sending to the accepted reply, of the leads that have one. The day of the
-- sending is not counted: answered on the same day is 0.
SELECT s.ticket_id, s.item, s.unit_id, s.finished_at AS at, s.channel, s.category, s.region,
       working_days(s.dispatched_at::date, s.finished_at::date) AS value, s.left_out AS excluded
  FROM share s
 WHERE s.part = 'lead' AND s.finished_at IS NOT NULL
