-- 及时签收率 (E.3, 8): signed by the sign deadline / leads whose sign deadline has come.
SELECT s.ticket_id, s.item, s.unit_id, s.sign_due AS at, s.channel, s.category, s.region,
       coalesce(s.signed_at <= s.sign_due, false) AS hit, s.left_out AS excluded
  FROM share s
 WHERE s.part = 'lead' AND s.sign_due IS NOT NULL
