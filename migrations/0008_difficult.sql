-- The weekly list of difficult tickets (疑难工单周报) as it was frozen, and the numbers of supervision letters (督办函).

CREATE TABLE difficult_week (
    week        text PRIMARY KEY, -- one freeze a week
    frozen_at   timestamptz NOT NULL,
    frozen_by   bigint,
    frozen_name text NOT NULL,
    hash        bytea NOT NULL,
    -- The canonical JSON itself, as text: what was hashed can be hashed again.
    body        text NOT NULL,
    CONSTRAINT difficult_week_is_iso CHECK (week ~ '^[0-9]{4}-W[0-9]{2}$'),
    CONSTRAINT difficult_week_hash_is_sm3 CHECK (octet_length(hash) = 32)
);

CREATE FUNCTION refuse_frozen_week_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the list of week % is frozen', OLD.week USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER difficult_week_frozen BEFORE UPDATE OR DELETE ON difficult_week
    FOR EACH ROW EXECUTE FUNCTION refuse_frozen_week_change();

-- Which tickets a frozen list carried: they stay on the following lists until they are settled (销号).
CREATE TABLE difficult_listing (
    ticket_id bigint NOT NULL,
    week      text NOT NULL REFERENCES difficult_week,
    kind      text NOT NULL,
    PRIMARY KEY (ticket_id, week)
);

-- Thresholds as a city has set them; the highest version is in force, none means those we ship.
CREATE TABLE difficult_threshold (
    version integer PRIMARY KEY CHECK (version > 0),
    set_at  timestamptz NOT NULL,
    set_by  text NOT NULL,
    body    jsonb NOT NULL
);

-- A row a year, counted up under its own lock: a sequence would leave a gap after every rollback.
CREATE TABLE supervision_number (
    year integer PRIMARY KEY,
    last integer NOT NULL CHECK (last > 0)
);
