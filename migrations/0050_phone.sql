-- The telephone: what was heard, and the calls it makes. Beside the tickets; a ticket names its call (matter.call_id).

-- 话务事件. Stored before anything is made of it; the same event a second time is the same row.
CREATE TABLE call_event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider    text NOT NULL,
    event_key   text NOT NULL,
    boot        text NOT NULL,
    type        text NOT NULL,
    call        text NOT NULL, -- empty: of an agent or of the link
    leg         text NOT NULL,
    direction   text NOT NULL CHECK (direction IN ('', 'in', 'out')),
    queue       text NOT NULL,
    agent       text NOT NULL,
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    parties     bytea, -- caller and called, sealed
    data        jsonb NOT NULL,
    snapshot    boolean NOT NULL,
    -- A repeated delivery, a second adapter and a bridge that sends again change nothing.
    CONSTRAINT call_event_once UNIQUE (provider, event_key)
);
CREATE INDEX call_event_call ON call_event (provider, call, at) WHERE call <> '';
CREATE INDEX call_event_agent ON call_event (agent, at) WHERE type = 'agent.state';

CREATE SEQUENCE phone_number;

-- 通话: one row a call, folded from its events; never written otherwise.
CREATE TABLE call (
    id              text PRIMARY KEY, -- provider:call, the same for the same events
    provider        text NOT NULL,
    call            text NOT NULL,
    number          bigint NOT NULL DEFAULT nextval('phone_number'), -- grows with each change: what is new for a screen
    direction       text NOT NULL CHECK (direction IN ('in', 'out')),
    state           text NOT NULL CHECK (state IN ('offered', 'queued', 'ringing', 'talking', 'held', 'closing', 'ended')),
    outcome         text,
    citizen         bytea, -- sealed
    citizen_index   bytea,
    line            text NOT NULL,
    queue           text NOT NULL,
    agent           text NOT NULL,
    person_id       integer REFERENCES person, -- who sat at the agent's telephone then
    offered_at      timestamptz NOT NULL,
    queued_at       timestamptz,
    answered_at     timestamptz,
    agent_left_at   timestamptz,
    ended_at        timestamptz,
    ended_by        text NOT NULL,
    cause           text NOT NULL,
    estimated       boolean NOT NULL,
    wait_ms         integer,
    talk_ms         integer,
    hold_ms         integer NOT NULL,
    score           integer,
    recording       text NOT NULL,
    recording_bytes bigint,
    recording_ready boolean NOT NULL,
    legs            jsonb NOT NULL,
    visits          jsonb NOT NULL,
    passed          jsonb NOT NULL,
    -- Over is over: an event that comes late may tell more of a call, never open it again.
    CONSTRAINT call_ended_at_a_time CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    UNIQUE (provider, call)
);
CREATE UNIQUE INDEX call_number ON call (number);
CREATE INDEX call_offered ON call (offered_at DESC, id DESC);
CREATE INDEX call_person ON call (person_id, offered_at DESC) WHERE person_id IS NOT NULL;
CREATE INDEX call_citizen ON call (citizen_index, offered_at DESC) WHERE citizen_index IS NOT NULL;
CREATE INDEX call_open ON call (offered_at) WHERE state <> 'ended';

CREATE INDEX matter_call ON matter (call_id) WHERE call_id IS NOT NULL;

-- 座席话机: an agent of a queue as the telephone system names it, its newest state, and who sits there now.
CREATE TABLE phone_agent (
    provider  text NOT NULL,
    agent     text NOT NULL,
    number    bigint NOT NULL DEFAULT nextval('phone_number'),
    extension text NOT NULL,
    person_id integer REFERENCES person,
    state     text NOT NULL CHECK (state IN
        ('signed_out', 'ready', 'not_ready', 'ringing', 'talking', 'wrap_up', 'offline')),
    reason    text NOT NULL,
    since     timestamptz NOT NULL,
    heard_at  timestamptz NOT NULL, -- of the newest event; an older one changes nothing
    heard_key text NOT NULL,
    wanted    text NOT NULL DEFAULT '', -- what the person asked for last: a restarted telephone system is told again
    wrap_until timestamptz,
    PRIMARY KEY (provider, agent),
    -- One person sits at one telephone.
    CONSTRAINT phone_agent_one_seat UNIQUE (person_id)
);
CREATE UNIQUE INDEX phone_agent_number ON phone_agent (number);

-- 签入记录: who sat at which telephone when; a call belongs to whoever sat there then, however late it is heard of.
CREATE TABLE phone_sitting (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider  text NOT NULL,
    agent     text NOT NULL,
    person_id integer NOT NULL REFERENCES person,
    began_at  timestamptz NOT NULL,
    ended_at  timestamptz CHECK (ended_at >= began_at)
);
CREATE INDEX phone_sitting_agent ON phone_sitting (provider, agent, began_at);
CREATE UNIQUE INDEX phone_sitting_open ON phone_sitting (provider, agent) WHERE ended_at IS NULL;

-- 电话链路: one owner a telephone system. `epoch` grows with each owner; what an older one still writes is refused.
CREATE TABLE phone_link (
    provider    text PRIMARY KEY,
    owner       text NOT NULL,
    epoch       bigint NOT NULL,
    lease_until timestamptz NOT NULL, -- of the database's own clock
    up          boolean NOT NULL,
    since       timestamptz NOT NULL,
    boot        text NOT NULL,
    problem     text NOT NULL,
    number      bigint NOT NULL DEFAULT nextval('phone_number')
);

-- 话机指令: asked once under a key; carried out by the owner of the link, or by a bridge.
CREATE TABLE phone_command (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider  text NOT NULL,
    key       text NOT NULL,
    person_id integer REFERENCES person, -- NULL: the system itself
    verb      text NOT NULL,
    agent     text NOT NULL,
    call      text NOT NULL,
    body      bytea NOT NULL, -- sealed: it may hold a citizen's number
    asked_at  timestamptz NOT NULL,
    state     text NOT NULL CHECK (state IN ('waiting', 'sent', 'done', 'refused')),
    answer    text NOT NULL DEFAULT '',
    done_at   timestamptz,
    -- The same request sent twice is one command, and one call.
    CONSTRAINT phone_command_once UNIQUE (provider, key)
);
CREATE INDEX phone_command_waiting ON phone_command (provider, id) WHERE state IN ('waiting', 'sent');
