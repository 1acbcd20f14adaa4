-- 只对结果不满率 (F.8): dissatisfied with the result though the work was right / effective callbacks. What the law does not
-- grant is told from what a unit did badly.
SELECT v.ticket_id, v.item, v.unit_id, v.ended_at AS at, v.channel, v.category, v.region,
       coalesce(v.outcome = 'dissatisfied' AND v.dissatisfied_with = 'result', false) AS hit, v.left_out AS excluded
  FROM verdict v
 WHERE v.ended_at IS NOT NULL
