-- Every callback with the unit that had the lead in its round, and why it may not count: whoever was not reached, or would
-- not say, is neither satisfied nor dissatisfied (docs/rules.md F.6).
verdict AS NOT MATERIALIZED (
    SELECT c.ticket_id, c.id AS item, led.unit_id, c.round, c.due, c.ended_at, c.attempts, c.outcome, c.solved, c.rating,
           c.dissatisfied_with,
           t.channel, t.category, t.region, o.off,
           CASE WHEN o.off IS NOT NULL THEN o.off
                WHEN c.outcome IS NULL OR c.outcome NOT IN ('satisfied', 'dissatisfied') THEN coalesce(c.outcome, 'unended')
                WHEN c.rating IS NULL OR c.solved IS NULL THEN 'unanswered' END AS left_out
      FROM callback c
      JOIN ticket t ON t.id = c.ticket_id
      LEFT JOIN LATERAL (
           SELECT a.unit_id FROM assignment a
            WHERE a.ticket_id = c.ticket_id AND a.part = 'lead' AND a.round = c.round
            ORDER BY a.id DESC LIMIT 1
           ) led ON true
     CROSS JOIN LATERAL (
           SELECT CASE WHEN c.excluded THEN 'appealed'
                       WHEN t.state IN ('void', 'withdrawn') THEN t.state
                       WHEN t.exempt IS NOT NULL THEN 'exempt'
                       WHEN t.closing IN ('unreasonable', 'terminated') THEN t.closing
                       WHEN t.disposition = 'legal_channel' THEN 'terminated' END AS off
           ) o
)
