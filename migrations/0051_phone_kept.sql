-- What the telephone keeps beside its calls: the last reckoning with the PBX's own log, missed calls to be returned,
-- who listened to which recording, and the numbers that misuse the hotline.

-- 对账: the newest of each telephone system.
CREATE TABLE call_reconciliation (
    provider text PRIMARY KEY,
    at       timestamptz NOT NULL,
    found    jsonb NOT NULL
);

-- 漏接回拨: a citizen who was not answered; several calls of one number are returned together.
CREATE TABLE missed_call (
    call_id    text PRIMARY KEY REFERENCES call,
    missed_at  timestamptz NOT NULL,
    person_id  integer REFERENCES person, -- who returns it
    until      timestamptz, -- as long as that is theirs
    tries      integer NOT NULL DEFAULT 0,
    ended_at   timestamptz,
    ending     text CHECK (ending IN ('reached', 'came_back', 'given_up')),
    called_by  text, -- the call that reached them
    CONSTRAINT missed_call_held_for_a_time CHECK ((person_id IS NULL) = (until IS NULL)),
    CONSTRAINT missed_call_ended_somehow CHECK ((ended_at IS NULL) = (ending IS NULL))
);
CREATE INDEX missed_call_open ON missed_call (missed_at) WHERE ended_at IS NULL;

-- 调听记录: append-only.
CREATE TABLE recording_heard (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call_id   text NOT NULL REFERENCES call,
    at        timestamptz NOT NULL,
    person_id integer NOT NULL REFERENCES person,
    person    text NOT NULL,
    ticket_id bigint
);
CREATE INDEX recording_heard_call ON recording_heard (call_id, at);
CREATE FUNCTION refuse_recording_heard_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'recording_heard is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER recording_heard_append_only BEFORE UPDATE OR DELETE ON recording_heard
    FOR EACH ROW EXECUTE FUNCTION refuse_recording_heard_change();

-- 黑名单: step by step, for a time, proposed by one and approved by another.
CREATE TABLE phone_restriction (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    citizen     bytea NOT NULL, -- sealed
    citizen_index bytea NOT NULL,
    level       text NOT NULL CHECK (level IN ('remind', 'lower', 'limit', 'block')),
    evidence    text NOT NULL CHECK (evidence <> ''),
    calls       text[] NOT NULL CHECK (cardinality(calls) > 0), -- the calls that show it
    proposed_by integer NOT NULL REFERENCES person,
    proposed_at timestamptz NOT NULL,
    days        integer NOT NULL CHECK (days BETWEEN 1 AND 30), -- nobody is shut out for ever
    decided_by  integer REFERENCES person,
    decided_at  timestamptz,
    approved    boolean,
    expires_at  timestamptz,
    lifted_at   timestamptz,
    lifted_by   integer REFERENCES person,
    reason      text NOT NULL DEFAULT '',
    -- Nobody approves what they proposed.
    CONSTRAINT phone_restriction_two_people CHECK (decided_by <> proposed_by)
);
CREATE INDEX phone_restriction_number ON phone_restriction (citizen_index) WHERE approved AND lifted_at IS NULL;
CREATE UNIQUE INDEX phone_restriction_pending ON phone_restriction (citizen_index) WHERE decided_at IS NULL;
