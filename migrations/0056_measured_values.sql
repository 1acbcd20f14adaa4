-- Measures that are no share of anything: a mean (平均办理时长), a balance (净满意). A case has a value; where it is met or not, 1 or 0.
-- A measure is a number of four bytes that reads as its name, and the columns stand so that nothing is lost between them:
-- a third of what the cases took is saved. The sums are thrown away and made anew (kpi_mark.counting tells that they must be).
CREATE TYPE kpi_measure AS ENUM (
    'sign_on_time', 'contact_on_time', 'finish_on_time', 'finished', 'finish_days', 'assist_on_time', 'extension_rate', 'solved',
    'partly_solved', 'satisfied', 'net_satisfied', 'mean_rating', 'second_satisfied', 'rework', 'callback_done',
    'callback_reached', 'reply_refused', 'return_rate', 'return_upheld', 'return_refused', 'dispatch_accuracy', 'auto_dispatch',
    'passed_on', 'direct_answer', 'repeat', 'first_call', 'letter_on_time', 'instruction_done', 'difficult_settled'
);
DROP TABLE kpi_case;
CREATE TABLE kpi_case (
    ticket_id bigint NOT NULL,
    at        timestamptz NOT NULL, -- may lie ahead: what has not come is not counted
    unit_id   bigint,
    measure   kpi_measure NOT NULL,
    item      integer NOT NULL,
    value     integer NOT NULL,
    excluded  text,
    district  text,
    channel   text NOT NULL,
    category  text,
    campaigns integer[],
    PRIMARY KEY (ticket_id, measure, item)
);
CREATE INDEX kpi_case_at ON kpi_case (measure, at, ticket_id, item);
TRUNCATE kpi_day, kpi_again;
ALTER TABLE kpi_day DROP CONSTRAINT kpi_day_pkey;
ALTER TABLE kpi_day ALTER COLUMN measure TYPE kpi_measure USING measure::kpi_measure;
ALTER TABLE kpi_day ADD PRIMARY KEY (by, day, measure, key);

-- By which definitions the sums were counted. Others than the program's: the worker counts all tickets again (docs/decisions/0061).
ALTER TABLE kpi_mark ADD COLUMN counting text NOT NULL DEFAULT '';

-- Working days between two days, the first not counted (docs/rules.md L): as the country's calendar has them.
CREATE FUNCTION working_days(first date, last date) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (5 * ((last - monday) / 7) + least(5, (last - monday) % 7 + 1)
            - 5 * ((first - monday) / 7) - least(5, (first - monday) % 7 + 1)
            + coalesce((SELECT sum(CASE WHEN c.workday THEN 1 ELSE -1 END) FROM calendar_day c
                         WHERE c.region = 'cn' AND c.day > first AND c.day <= last
                           AND c.workday <> (extract(isodow FROM c.day) < 6)), 0))::integer
      FROM (SELECT date '2000-01-03' AS monday) m
$$;
-- A day that becomes a holiday changes how long the work took that ran across it.
CREATE FUNCTION count_days_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kpi_again
    SELECT DISTINCT a.ticket_id FROM assignment a JOIN changed c
        ON a.finished_at >= c.day AND a.dispatched_at < c.day + 1 ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER calendar_day_counts_new AFTER INSERT ON calendar_day REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_days_again();
CREATE TRIGGER calendar_day_counts_changed AFTER UPDATE ON calendar_day REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_days_again();
CREATE TRIGGER calendar_day_counts_gone AFTER DELETE ON calendar_day REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_days_again();

-- A mean's numerator is larger than what it was counted from, a balance's may be less than nothing.
ALTER TABLE kpi_month_line DROP CONSTRAINT kpi_month_line_check;
