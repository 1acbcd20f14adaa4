-- 平均流转次数 (E.3, 11): how often a ticket was sent to a leading unit before it stayed with one / tickets sent. Rework is no passing on.
SELECT s.ticket_id, min(s.item) AS item, (array_agg(s.unit_id ORDER BY s.item DESC))[1] AS unit_id, min(s.dispatched_at) AS at,
       s.channel, s.category, s.region, count(*)::int AS value, min(CASE WHEN s.off IN ('void', 'merged', 'exempt') THEN s.off END) AS excluded
  FROM share s
 WHERE s.part = 'lead' AND s.round = 0
 GROUP BY s.ticket_id, s.channel, s.category, s.region
