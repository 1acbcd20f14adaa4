-- Who was answered directly is asked too: a survey whose callback is 0. The sums are counted anew at the next start
-- (kpi_mark.counting).
ALTER TYPE kpi_measure ADD VALUE 'direct_satisfied' AFTER 'direct_answer';

-- The surveys that may be answered: one place that says so.
CREATE VIEW survey_open AS
SELECT s.token
  FROM survey s
  JOIN ticket t ON t.id = s.ticket_id
  LEFT JOIN callback c ON (c.ticket_id, c.id) = (s.ticket_id, s.callback_id)
 WHERE CASE WHEN s.callback_id = 0 THEN t.state = 'closed' AND t.closing = 'answered'
            ELSE c.id IS NOT NULL AND c.ended_at IS NULL END;
