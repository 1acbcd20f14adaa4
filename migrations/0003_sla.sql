-- Working days, policy packs (时限方案) and the deadlines that are watched.

CREATE TABLE calendar_year (
    -- "cn" is the country; another region's rows lie on top of the country's.
    region text NOT NULL,
    year integer NOT NULL,
    -- False until the yearly notice (放假安排) has been entered: deadlines through it carry a warning.
    confirmed boolean NOT NULL,
    PRIMARY KEY (region, year)
);

CREATE TABLE calendar_day (
    region text NOT NULL,
    day date NOT NULL,
    workday boolean NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (region, day),
    -- The name is the reason people read beside a deadline.
    CONSTRAINT calendar_day_named CHECK (name <> '')
);

CREATE TABLE sla_pack (
    name text NOT NULL,
    version integer NOT NULL,
    effective_from date NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (name, version),
    -- The columns that are asked for must say what the body says.
    CONSTRAINT sla_pack_body_agrees CHECK (
        body ->> 'name' = name
        AND body ->> 'version' = version::text
        AND body ->> 'effective_from' = to_char(effective_from, 'FMYYYY-MM-DD')
    )
);

-- A new mark after every change of the three tables tells processes that their cached copy is old.
-- A random mark, not a counter: a counter that is rolled back would come again with other content.
CREATE TABLE sla_revision (
    only_row boolean PRIMARY KEY DEFAULT true,
    mark uuid NOT NULL DEFAULT gen_random_uuid(),
    CONSTRAINT sla_revision_one_row CHECK (only_row)
);
INSERT INTO sla_revision DEFAULT VALUES;

CREATE FUNCTION sla_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sla_revision SET mark = gen_random_uuid();
    RETURN NULL;
END
$$;

CREATE TRIGGER calendar_year_revised AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON calendar_year
    FOR EACH STATEMENT EXECUTE FUNCTION sla_revised();
CREATE TRIGGER calendar_day_revised AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON calendar_day
    FOR EACH STATEMENT EXECUTE FUNCTION sla_revised();
CREATE TRIGGER sla_pack_revised AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sla_pack
    FOR EACH STATEMENT EXECUTE FUNCTION sla_revised();

CREATE TABLE deadline (
    ticket_id bigint NOT NULL,
    -- 0: the ticket's own deadline (dispatch, consultation), before any unit has it.
    assignment_id bigint NOT NULL,
    kind text NOT NULL,
    start_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    near_at timestamptz NOT NULL,
    orange_at timestamptz NOT NULL,
    late_at timestamptz NOT NULL,
    very_late_at timestamptz NOT NULL,
    -- The level last announced; the next one is announced at next_mark_at.
    mark text NOT NULL DEFAULT 'none',
    next_mark_at timestamptz,
    -- Held by a sweeper since; the lease decides when another may take it.
    taken_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    problem text,
    done_at timestamptz,
    done boolean NOT NULL GENERATED ALWAYS AS (done_at IS NOT NULL) STORED,
    PRIMARY KEY (ticket_id, assignment_id, kind),
    CONSTRAINT deadline_kind_known CHECK (
        kind IN ('dispatch', 'consultation', 'sign', 'contact', 'finish', 'milestone', 'supervise', 'callback')
    ),
    CONSTRAINT deadline_mark_known CHECK (mark IN ('none', 'near', 'orange', 'late', 'very_late')),
    -- The light only ever turns from green through yellow and orange to red.
    CONSTRAINT deadline_moments_in_order CHECK (
        start_at <= near_at AND near_at <= orange_at AND orange_at <= late_at AND due_at < late_at
        AND late_at < very_late_at
    ),
    -- A row waits for its next level unless it is done or has reached the last one.
    CONSTRAINT deadline_waits_for_something CHECK (
        (next_mark_at IS NULL) = (done_at IS NOT NULL OR mark = 'very_late')
    )
);
CREATE INDEX deadline_next_mark ON deadline (next_mark_at, ticket_id) WHERE next_mark_at IS NOT NULL;
