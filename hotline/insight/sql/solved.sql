-- 解决率 (E.3, 15): solved / answers on it; partly solved is not solved (α = 0). What is shelved is unsolved until the
-- citizen has been asked.
SELECT v.ticket_id, v.item, v.unit_id, v.ended_at AS at, v.channel, v.category, v.region,
       coalesce(v.solved = 'yes', false) AS hit, v.left_out AS excluded
  FROM verdict v
 WHERE v.ended_at IS NOT NULL
 UNION ALL
SELECT o.ticket_id, -o.id, t.lead_unit, o.at, t.channel, t.category, t.region, false, CASE WHEN t.exempt IS NOT NULL THEN 'exempt' END
  FROM ticket_overlay o
  JOIN ticket t ON t.id = o.ticket_id AND t.state = 'suspended'
 WHERE o.kind = 'shelved' AND o.ended_at IS NULL
   AND NOT EXISTS (SELECT FROM callback c WHERE c.ticket_id = o.ticket_id AND c.solved IS NOT NULL)
