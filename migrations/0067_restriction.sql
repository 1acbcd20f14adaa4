-- 骚扰来电处置: numbers that misuse the hotline, step by step, for a time, proposed by one and approved by another.
CREATE TABLE caller_restriction (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    citizen       bytea NOT NULL, -- sealed
    citizen_index bytea NOT NULL,
    step          text NOT NULL CHECK (step IN ('remind', 'lower', 'limit', 'block')),
    evidence      text NOT NULL CHECK (evidence <> ''),
    calls         text[] NOT NULL CHECK (cardinality(calls) > 0), -- the calls that show it
    days          integer NOT NULL CHECK (days BETWEEN 1 AND 30), -- nobody is shut out for ever
    proposed_by   integer NOT NULL REFERENCES person,
    proposed_at   timestamptz NOT NULL,
    decided_by    integer REFERENCES person,
    decided_at    timestamptz,
    approved      boolean,
    decision      text NOT NULL DEFAULT '',
    expires_at    timestamptz,
    lifted_at     timestamptz,
    lifted_by     integer REFERENCES person,
    lifting       text NOT NULL DEFAULT '',
    -- Nobody approves what they proposed.
    CONSTRAINT caller_restriction_two_people CHECK (decided_by <> proposed_by),
    CONSTRAINT caller_restriction_decided CHECK ((decided_at IS NULL) = (approved IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    -- What is approved ends.
    CONSTRAINT caller_restriction_ends CHECK (approved IS NOT TRUE OR expires_at > decided_at),
    CONSTRAINT caller_restriction_lifted CHECK (lifted_at IS NULL OR approved)
);
-- One proposal a number at a time, and one step in force.
CREATE UNIQUE INDEX caller_restriction_pending ON caller_restriction (citizen_index) WHERE decided_at IS NULL;
CREATE INDEX caller_restriction_number ON caller_restriction (citizen_index, decided_at) WHERE approved;

-- The step that a number was at, at a moment.
CREATE FUNCTION caller_step(number bytea, moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT step FROM caller_restriction
     WHERE citizen_index = number AND approved AND decided_at <= moment AND expires_at > moment
       AND (lifted_at IS NULL OR lifted_at > moment)
     ORDER BY decided_at DESC LIMIT 1
$$;

-- 监听记录: who listened to, whispered into or joined whose call; append-only.
CREATE TABLE call_watched (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call_id   text NOT NULL,
    at        timestamptz NOT NULL,
    person_id integer NOT NULL REFERENCES person,
    person    text NOT NULL,
    agent     text NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('listen', 'whisper', 'barge'))
);
CREATE INDEX call_watched_call ON call_watched (call_id, at);
CREATE FUNCTION refuse_call_watched_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'call_watched is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER call_watched_append_only BEFORE UPDATE OR DELETE ON call_watched
    FOR EACH ROW EXECUTE FUNCTION refuse_call_watched_change();

-- 保存期限: what was removed when its time was over, append-only by custom: one line a day and kind.
CREATE TABLE phone_retention (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    what    text NOT NULL CHECK (what IN ('recordings', 'events')),
    before  timestamptz NOT NULL,
    removed integer NOT NULL,
    failed  integer NOT NULL DEFAULT 0
);
-- A call whose events are gone is never folded again.
ALTER TABLE call ADD COLUMN sealed boolean NOT NULL DEFAULT false;
