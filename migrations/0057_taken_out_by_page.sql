-- 导出台账 from the desk: who asked for what is on record before the first row, a worker writes it, whoever asked takes it.
ALTER TABLE taken_out
    ADD COLUMN person_id    bigint, -- null: by somebody the directory does not know
    ADD COLUMN filters      jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN columns      text[] NOT NULL DEFAULT '{}',
    ADD COLUMN by_page      boolean NOT NULL DEFAULT false, -- false: written where the command line says
    ADD COLUMN seen_at      timestamptz, -- when its writer last said that it is alive, by the server's own clock
    ADD COLUMN done         bigint NOT NULL DEFAULT 0,
    ADD COLUMN of           bigint,
    ADD COLUMN cancelled_at timestamptz,
    ADD COLUMN expires_at   timestamptz,
    ADD COLUMN problem      text NOT NULL DEFAULT '';
CREATE INDEX taken_out_waiting ON taken_out (id) WHERE by_page AND ended_at IS NULL;
CREATE INDEX taken_out_of ON taken_out (person_id, id DESC);

CREATE OR REPLACE FUNCTION refuse_taken_out_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL
       AND (NEW.at, NEW.by_name, NEW.person_id, NEW.purpose, NEW.first, NEW.until, NEW.format, NEW.filters, NEW.columns, NEW.by_page)
           IS NOT DISTINCT FROM
           (OLD.at, OLD.by_name, OLD.person_id, OLD.purpose, OLD.first, OLD.until, OLD.format, OLD.filters, OLD.columns, OLD.by_page)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'taken_out is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Each time a file was fetched.
CREATE TABLE taken_out_fetch (
    taken_out_id bigint NOT NULL REFERENCES taken_out,
    at           timestamptz NOT NULL,
    address      text NOT NULL
);
CREATE INDEX taken_out_fetch_of ON taken_out_fetch (taken_out_id);
CREATE TRIGGER taken_out_fetch_append_only BEFORE UPDATE OR DELETE ON taken_out_fetch
    FOR EACH ROW EXECUTE FUNCTION refuse_taken_out_change();
