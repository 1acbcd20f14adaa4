-- 一次办结率 FCR (E.3, 18): 1 − the same caller's same matter again within 7 days / tickets taken in.
SELECT t.id AS ticket_id, 0 AS item, t.lead_unit AS unit_id, t.created_at AS at, t.channel, t.category, t.region,
       NOT EXISTS (SELECT FROM public.petitioner q JOIN public.ticket u ON u.id = q.ticket_id
                    WHERE q.phone_index = p.phone_index AND q.ticket_id < t.id
                      AND q.ticket_id > (to_char(t.created_at - interval '8 days', 'YYYYMMDD') || '0000000')::bigint
                      AND u.created_at > t.created_at - interval '7 days' AND u.state NOT IN ('draft', 'void')
                      AND left(u.category, 4) = left(t.category, 4)) AS hit,
       CASE WHEN t.state IN ('draft', 'void') THEN t.state
            WHEN t.disposition IN ('invalid', 'malicious') THEN 'invalid'
            WHEN p.phone_index IS NULL THEN 'anonymous' END AS excluded
  FROM ticket t
  LEFT JOIN petitioner p ON p.ticket_id = t.id
