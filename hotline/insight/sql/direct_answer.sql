-- 直接解答率 (E.3, 6): ended at the hotline without dispatch / valid tickets taken in.
SELECT t.id AS ticket_id, 0 AS item, NULL::bigint AS unit_id, t.created_at AS at, t.channel, t.category, t.region,
       coalesce(t.closing IN ('answered', 'told') AND t.dispatched_at IS NULL, false) AS hit,
       CASE WHEN t.state IN ('draft', 'void', 'merged') THEN t.state
            WHEN t.disposition IN ('invalid', 'malicious') THEN 'invalid' END AS excluded
  FROM ticket t
