-- 批示办结率 (E.3, 22): tasks the centre found done / tasks of leaders' instructions on tickets whose day has come.
SELECT d.ticket_id, k.id::int AS item, k.unit_id, k.due AS at, t.channel, t.category, t.region,
       k.done_at IS NOT NULL AS hit, CASE WHEN t.state IN ('void', 'withdrawn') THEN t.state END AS excluded
  FROM directive d
  JOIN directive_task k ON k.directive_id = d.id
  JOIN ticket t ON t.id = d.ticket_id
