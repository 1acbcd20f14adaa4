-- 回访率 (E.3, 14): called to the end / callbacks that were due. Who wanted none needs none.
SELECT v.ticket_id, v.item, v.unit_id, v.due AS at, v.channel, v.category, v.region,
       v.ended_at IS NOT NULL AS hit,
       coalesce(CASE WHEN v.off NOT IN ('appealed', 'exempt') THEN v.off END, CASE WHEN v.outcome = 'not_asked' THEN v.outcome
                           WHEN v.ended_at IS NOT NULL AND v.outcome IS NULL THEN 'unended' END) AS excluded
  FROM verdict v
