-- The kind with which a ticket ended, unless a reviewer found that wrong: what models of kinds learn from and are held against.
CREATE VIEW settled_kind AS
SELECT t.id AS ticket_id, t.kind, t.created_at
  FROM ticket t
 WHERE t.state IN ('closed', 'archived') AND t.kind <> 'other'
   AND NOT EXISTS (SELECT FROM override o WHERE o.ticket_id = t.id AND o.field = 'kind' AND o.verdict = 'wrong');
