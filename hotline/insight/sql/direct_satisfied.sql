-- 直接答复满意率 (E.3, 7): the three upper grades of five / whoever rated a direct answer. Of no unit; a later dispatch
-- does not change what was said of the answer.
SELECT s.ticket_id, 0 AS item, NULL::bigint AS unit_id, s.answered_at AS at, t.channel, t.category, t.region,
       s.rating >= 3 AS hit,
       CASE WHEN t.state = 'void' THEN t.state
            WHEN t.closing = 'unreasonable' THEN t.closing END AS excluded
  FROM survey s
  JOIN ticket t ON t.id = s.ticket_id
 WHERE s.callback_id = 0 AND s.answered_at IS NOT NULL
