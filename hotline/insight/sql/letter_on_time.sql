-- 督办函反馈及时率 (E.3, 22): answered in time, by the letter's own answer or a reply / supervision letters whose answer was due.
SELECT o.ticket_id, o.id AS item, t.lead_unit AS unit_id, o.due AS at, t.channel, t.category, t.region,
       coalesce(o.ended_at <= o.due, false)
       OR EXISTS (SELECT FROM reply r WHERE r.ticket_id = o.ticket_id AND r.at >= o.at AND r.at <= o.due
                                     AND r.decision <> 'refused') AS hit,
       CASE WHEN t.state IN ('void', 'withdrawn') THEN t.state WHEN t.exempt IS NOT NULL THEN 'exempt' END AS excluded
  FROM ticket_overlay o
  JOIN ticket t ON t.id = o.ticket_id
 WHERE o.kind = 'supervision' AND o.due IS NOT NULL
