-- 疑难销号率 (E.3, 22): ended otherwise than in vain / tickets on a frozen difficult list, by the first list they stood on.
SELECT l.ticket_id, 0 AS item, t.lead_unit AS unit_id, min(w.frozen_at) AS at, t.channel, t.category, t.region,
       t.state IN ('closed', 'archived') AND t.closing IS DISTINCT FROM 'concluded' AS hit,
       CASE WHEN t.state IN ('void', 'withdrawn') THEN t.state END AS excluded
  FROM difficult_listing l
  JOIN difficult_week w ON w.week = l.week
  JOIN ticket t ON t.id = l.ticket_id
 GROUP BY l.ticket_id, t.lead_unit, t.channel, t.category, t.region, t.state, t.closing
