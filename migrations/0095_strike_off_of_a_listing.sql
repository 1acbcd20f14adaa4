-- 销号 ends the case that a list carries, not the ticket for ever: listed again later, it is a case of its own.

-- When the citizen told the centre that it is solved, by the call before a strike-off or in the ticket's own callback.
CREATE VIEW struck_off AS
SELECT ticket_id, decided_at AS at FROM difficult_strike WHERE outcome = 'struck'
 UNION ALL
SELECT ticket_id, ended_at FROM callback WHERE outcome = 'satisfied' AND solved = 'yes';

-- `at`: the moment of which a frozen list tells. Frozen after its week, it tells of the end of the week.
CREATE VIEW difficult_listed AS
SELECT l.ticket_id, l.week, l.kind, w.frozen_at,
       least(w.frozen_at, (to_date(l.week, 'IYYY-"W"IW') + 7)::timestamp AT TIME ZONE 'Asia/Shanghai') AS at
  FROM difficult_listing l
  JOIN difficult_week w ON w.week = l.week;

-- Asked for and then answered in the ticket's own callback: it waits for no second call.
UPDATE difficult_strike s
   SET outcome = 'struck', solved = 'yes', rating = c.rating, decided_at = c.ended_at, decided_by = c.by,
       decided_name = coalesce((SELECT p.name FROM person p WHERE p.id = c.by), '')
  FROM callback c
 WHERE s.outcome = 'pending' AND c.ticket_id = s.ticket_id AND c.outcome = 'satisfied' AND c.solved = 'yes'
   AND c.ended_at >= s.at
   AND NOT EXISTS (SELECT FROM callback b WHERE b.ticket_id = c.ticket_id AND b.outcome = 'satisfied' AND b.solved = 'yes'
                      AND b.ended_at >= s.at AND b.id < c.id);
