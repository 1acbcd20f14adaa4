-- 派单准确率 (E.3, 11): sent to the right unit / sent; judged as the dispatcher's report judges (`dispatch.store`).
SELECT j.ticket_id, j.id AS item, j.unit_id, j.dispatched_at AS at, t.channel, t.category, t.region,
       NOT j.wrong AS hit, NULL::text AS excluded
  FROM judged j
  JOIN ticket t ON t.id = j.ticket_id
