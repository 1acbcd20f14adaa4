-- What the measures (docs/rules.md E.3) ask for, and months as they were frozen.

-- Deadlines lie in the table nearly in the order of their day: a summary of the blocks finds a month in them and costs
-- next to nothing to keep.
CREATE INDEX assignment_finish_due ON assignment USING brin (finish_due) WITH (autosummarize = on);
CREATE INDEX assignment_sign_due ON assignment USING brin (sign_due) WITH (autosummarize = on);
CREATE INDEX assignment_contact_due ON assignment USING brin (contact_due) WITH (autosummarize = on);
CREATE INDEX reply_at ON reply USING brin (at) WITH (autosummarize = on);
CREATE INDEX history_at ON history USING brin (at) WITH (autosummarize = on);
CREATE INDEX callback_ended ON callback (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX callback_due ON callback (due);
CREATE INDEX request_returns ON request (at) WHERE asked = 'return';

-- 月度快照: the numbers of a month as they were reported. What is decided later (an appeal) changes the next revision only.
CREATE TABLE kpi_month (
    month       date NOT NULL CHECK (extract(day FROM month) = 1),
    revision    integer NOT NULL CHECK (revision > 0),
    frozen_at   timestamptz NOT NULL,
    frozen_by   bigint,
    frozen_name text NOT NULL,
    because     text NOT NULL,
    hash        bytea NOT NULL CHECK (octet_length(hash) = 32), -- SM3 of its lines
    PRIMARY KEY (month, revision)
);
CREATE TABLE kpi_month_line (
    month       date NOT NULL,
    revision    integer NOT NULL,
    measure     text NOT NULL,
    unit_id     bigint,
    district    text,
    channel     text,
    category    text,
    numerator   integer NOT NULL CHECK (numerator BETWEEN 0 AND denominator),
    denominator integer NOT NULL,
    excluded    integer NOT NULL CHECK (excluded >= 0),
    FOREIGN KEY (month, revision) REFERENCES kpi_month
);
CREATE INDEX kpi_month_line_of ON kpi_month_line (month, revision);

CREATE FUNCTION refuse_frozen_month_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the numbers of % are frozen', OLD.month USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER kpi_month_frozen BEFORE UPDATE OR DELETE ON kpi_month
    FOR EACH ROW EXECUTE FUNCTION refuse_frozen_month_change();
CREATE TRIGGER kpi_month_line_frozen BEFORE UPDATE OR DELETE ON kpi_month_line
    FOR EACH ROW EXECUTE FUNCTION refuse_frozen_month_change();
