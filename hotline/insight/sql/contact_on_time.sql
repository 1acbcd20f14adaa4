-- 响应率 (E.3, 9): citizen reached by the contact deadline / leads whose contact deadline has come.
SELECT s.ticket_id, s.item, s.unit_id, s.contact_due AS at, s.channel, s.category, s.region,
       coalesce(s.contacted_at <= s.contact_due, false) AS hit, s.left_out AS excluded
  FROM share s
 WHERE s.part = 'lead' AND s.contact_due IS NOT NULL
