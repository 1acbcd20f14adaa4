-- The directory lives on: units merge, people stand in for one another, and every grant of a role leaves a line.

ALTER TABLE unit ADD COLUMN successor_id integer REFERENCES unit;
-- Only a closed unit has been merged into another one, and never into itself.
ALTER TABLE unit ADD CONSTRAINT unit_with_successor_is_closed
    CHECK (successor_id IS NULL OR (NOT active AND successor_id <> id));
CREATE INDEX unit_successor ON unit (successor_id) WHERE successor_id IS NOT NULL;

ALTER TABLE unit_history DROP CONSTRAINT unit_history_verb_known;
ALTER TABLE unit_history ADD CONSTRAINT unit_history_verb_known
    CHECK (verb IN ('add', 'change', 'move', 'alias', 'merge', 'absorb'));
CREATE TRIGGER unit_history_kept BEFORE TRUNCATE ON unit_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unit_history_change();
CREATE TRIGGER sign_in_log_kept BEFORE TRUNCATE ON sign_in_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unit_history_change();

-- 代理人: somebody does another unit's work from one moment to another, in roles of a unit only.
CREATE TABLE deputy (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  integer NOT NULL REFERENCES person,
    unit_id    integer NOT NULL REFERENCES unit,
    stands_for integer REFERENCES person,
    roles      text[] NOT NULL,
    begins_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    reason     text NOT NULL,
    granted_at timestamptz NOT NULL,
    granted_by text NOT NULL,
    ended_at   timestamptz,
    CONSTRAINT deputy_period_runs_forward CHECK (ends_at > begins_at),
    -- Standing in never opens the centre or the administration to anybody.
    CONSTRAINT deputy_roles_are_a_units CHECK (
        cardinality(roles) > 0 AND roles <@ ARRAY['unit_liaison', 'unit_reviewer', 'unit_leader', 'handler']),
    CONSTRAINT deputy_reason_given CHECK (reason <> '')
);
CREATE INDEX deputy_person ON deputy (person_id, ends_at);
CREATE INDEX deputy_unit ON deputy (unit_id, ends_at);

-- As whom a session acts now; empty: as oneself.
ALTER TABLE session ADD COLUMN deputy_id integer REFERENCES deputy;

-- Who gave which power to whom. Kept for good, changed by nobody.
CREATE TABLE security_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor_id   integer,
    actor_name text NOT NULL,
    act        text NOT NULL,
    person_id  integer REFERENCES person,
    unit_id    integer REFERENCES unit,
    detail     jsonb NOT NULL,
    CONSTRAINT security_log_act_known CHECK (
        act IN ('person_added', 'person_changed', 'person_moved', 'person_closed', 'person_opened', 'password_reset',
                'role_granted', 'role_withdrawn', 'deputy_granted', 'deputy_ended', 'acting_began', 'acting_ended'))
);
CREATE INDEX security_log_person ON security_log (person_id, id);

CREATE FUNCTION refuse_security_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'security_log is append-only';
END $$;
CREATE TRIGGER security_log_append_only BEFORE UPDATE OR DELETE ON security_log
    FOR EACH ROW EXECUTE FUNCTION refuse_security_log_change();
CREATE TRIGGER security_log_kept BEFORE TRUNCATE ON security_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_security_log_change();

-- The line is written by the table itself, so that no way of granting a role leaves none. Who did it is told by
-- `set_config('hotline.actor', …)` for the transaction; by hand it is the database's own user.
CREATE FUNCTION log_role() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := coalesce(nullif(current_setting('hotline.actor', true), ''), '{}')::jsonb;
    changed person_role := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    INSERT INTO security_log (at, actor_id, actor_name, act, person_id, detail)
    VALUES (coalesce((told ->> 'at')::timestamptz, now()), (told ->> 'id')::integer, coalesce(told ->> 'name', session_user),
            CASE WHEN TG_OP = 'DELETE' THEN 'role_withdrawn' ELSE 'role_granted' END,
            changed.person_id, jsonb_build_object('role', changed.role));
    RETURN NULL;
END $$;
CREATE TRIGGER person_role_logged AFTER INSERT OR DELETE ON person_role FOR EACH ROW EXECUTE FUNCTION log_role();

CREATE FUNCTION refuse_role_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a role is granted or withdrawn, never turned into another';
END $$;
CREATE TRIGGER person_role_never_updated BEFORE UPDATE ON person_role
    FOR EACH ROW EXECUTE FUNCTION refuse_role_update();
CREATE TRIGGER person_role_never_truncated BEFORE TRUNCATE ON person_role
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_role_update();

CREATE OR REPLACE FUNCTION refuse_mixed_administrators() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    administrators text[] := ARRAY['system_admin', 'security_admin', 'auditor'];
BEGIN
    -- 三权分立: who administers, who grants and who audits are three people, and none of them works on tickets.
    -- The row lock makes two grants at once wait.
    PERFORM 1 FROM person WHERE id = NEW.person_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM person_role
         WHERE person_id = NEW.person_id AND role <> NEW.role
           AND (role = ANY (administrators) OR NEW.role = ANY (administrators))) THEN
        RAISE EXCEPTION 'person % holds a role that does not go with %', NEW.person_id, NEW.role
              USING ERRCODE = 'check_violation', CONSTRAINT = 'person_role_administrators_apart';
    END IF;
    RETURN NEW;
END $$;

-- A person's open work, and reports about a unit: both are asked when somebody or something goes.
CREATE INDEX assignment_person ON assignment (person_id)
    WHERE person_id IS NOT NULL AND stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused');
CREATE INDEX ticket_accused ON ticket (accused_unit) WHERE accused_unit IS NOT NULL;
