-- The heart: tickets, their tree, and the one history. Keys of every table owned by a ticket begin with ticket_id and no
-- unique constraint leaves it out, so that the tables may be partitioned, and one day sharded, by it.

-- ticket.id is YYYYMMDD and seven digits from one sequence that wraps: ten million a day never collide.
CREATE SEQUENCE ticket_serial MINVALUE 0 MAXVALUE 9999999 CYCLE CACHE 20;
CREATE SEQUENCE event_number CACHE 1;

CREATE TABLE ticket (
    id              bigint PRIMARY KEY,
    state           text NOT NULL CHECK (state IN ('draft', 'registered', 'consulting', 'dispatched', 'in_progress',
                        'return_review', 'replied', 'callback', 'rework', 'suspended', 'closed', 'merged', 'withdrawn',
                        'void', 'archived')),
    version         integer NOT NULL CHECK (version > 0),
    head            bytea NOT NULL, -- hash of the last history line: a cut tail is noticed
    kind            text NOT NULL,
    urgency         text NOT NULL,
    channel         text NOT NULL,
    created_at      timestamptz NOT NULL,
    category        text,
    confidence      double precision,
    region          text,
    confidential    boolean NOT NULL,
    callback_wanted boolean NOT NULL,
    accused_unit    bigint,
    registered_at   timestamptz,
    dispatched_at   timestamptz,
    ended_at        timestamptz,
    closing         text,
    disposition     text,
    round           integer NOT NULL,
    returns         integer NOT NULL,
    forbid_return   boolean NOT NULL,
    resume_to       text,
    master_id       bigint,
    worst           text,
    lead_unit       bigint, -- of the lead that is or was last; kept for lists
    due_at          timestamptz -- the active lead's finish deadline; kept for lists
) PARTITION BY RANGE (id);

CREATE INDEX ticket_state ON ticket (state, id DESC);
CREATE INDEX ticket_category ON ticket (category, id DESC);
CREATE INDEX ticket_lead_unit ON ticket (lead_unit, id DESC);
CREATE INDEX ticket_due ON ticket (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ticket_master ON ticket (master_id) WHERE master_id IS NOT NULL;
CREATE INDEX ticket_ended ON ticket (ended_at) WHERE ended_at IS NOT NULL;

-- What the citizen said. Apart from the ticket, so that twenty changes of state do not rewrite the words or their index.
CREATE TABLE matter (
    ticket_id       bigint PRIMARY KEY,
    title           text NOT NULL,
    content         text NOT NULL,
    expected        text NOT NULL,
    original_words  text NOT NULL,
    address         text NOT NULL,
    district_code   text,
    grid            text NOT NULL,
    place           text NOT NULL, -- 小区/POI
    longitude       double precision,
    latitude        double precision,
    coordinates     text NOT NULL CHECK (coordinates IN ('gcj02', 'wgs84')),
    occurred_at     timestamptz,
    people          integer,
    about           text NOT NULL,
    about_phone     text NOT NULL,
    on_site         boolean NOT NULL,
    enterprise      boolean NOT NULL,
    police          boolean NOT NULL,
    sensitive       boolean NOT NULL,
    importance      text NOT NULL,
    channel_detail  text NOT NULL,
    tags            text[] NOT NULL,
    campaign        text,
    call_id         text,
    recording_id    text,
    queue           text NOT NULL,
    previous_ticket bigint,
    terms           tsvector NOT NULL -- jieba words of title, content and address
) PARTITION BY RANGE (ticket_id);

CREATE INDEX matter_terms ON matter USING gin (terms);

-- Who said it. Sealed fields (SM4-GCM) and keyed digests to find them by (HMAC-SM3).
CREATE TABLE petitioner (
    ticket_id       bigint PRIMARY KEY,
    kind            text NOT NULL,
    anonymous       boolean NOT NULL,
    gender          text,
    language        text NOT NULL, -- 方言/语言
    elderly         boolean NOT NULL,
    disabled        boolean NOT NULL,
    labels          text[] NOT NULL, -- 诉求人标签
    id_type         text,
    company         text,
    credit_code     text,
    name            bytea,
    phone           bytea,
    other_phone     bytea,
    caller_number   bytea,
    email           bytea,
    home_address    bytea,
    id_number       bytea,
    phone_index     bytea,
    phone_tail      bytea, -- digest of number and last four digits, for the tracking page
    name_index      bytea
) PARTITION BY RANGE (ticket_id);

CREATE INDEX petitioner_phone ON petitioner (phone_index, ticket_id DESC) WHERE phone_index IS NOT NULL;

CREATE TABLE history (
    ticket_id   bigint NOT NULL,
    seq         integer NOT NULL CHECK (seq > 0),
    number      bigint NOT NULL DEFAULT nextval('event_number'),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(), -- lets the live feed skip nothing that commits late
    at          timestamptz NOT NULL,
    event       text NOT NULL,
    actor_id    bigint,
    actor_name  text NOT NULL,
    actor_unit  bigint,
    source      text,
    target      text NOT NULL,
    reason      text NOT NULL,
    payload     jsonb NOT NULL,
    hash        bytea NOT NULL, -- SM3 over the hash of the line before and this line
    PRIMARY KEY (ticket_id, seq)
) PARTITION BY RANGE (ticket_id);

CREATE INDEX history_number ON history (number);

CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only: ticket % line %', OLD.ticket_id, OLD.seq
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON history
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();

-- Months of partitions, made ahead of need; safe to call at any time and from two machines at once.
CREATE FUNCTION ensure_partitions(around date, ahead integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    month date;
    owned text;
    piece text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
    FOR month IN SELECT generate_series(date_trunc('month', around), date_trunc('month', around) + ahead * interval '1 month',
                                        interval '1 month')::date LOOP
        FOREACH owned IN ARRAY ARRAY['ticket', 'matter', 'petitioner', 'history'] LOOP
            piece := owned || to_char(month, '_YYYYMM');
            IF to_regclass(piece) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)%s', piece, owned,
                    to_char(month, 'YYYYMMDD') || '0000000',
                    to_char(month + interval '1 month', 'YYYYMMDD') || '0000000',
                    CASE WHEN owned = 'ticket' THEN ' WITH (fillfactor = 80)' ELSE '' END);
            END IF;
        END LOOP;
    END LOOP;
END $$;

CREATE FUNCTION ensure_partitions() RETURNS void LANGUAGE sql AS 'SELECT ensure_partitions(current_date, 3)';
SELECT ensure_partitions();

-- Look-ups of their own, so that the partitioned tables need no second unique key.
CREATE TABLE query_code (
    code      text PRIMARY KEY CHECK (length(code) = 10), -- random, never derived from the number
    ticket_id bigint NOT NULL
);
CREATE INDEX query_code_ticket ON query_code (ticket_id);

CREATE TABLE external_number (
    channel     text NOT NULL,
    external_id text NOT NULL,
    ticket_id   bigint NOT NULL,
    query_code  text NOT NULL,
    PRIMARY KEY (channel, external_id) -- the same letter sent twice is one ticket
);

CREATE TABLE assignment (
    ticket_id        bigint NOT NULL,
    id               integer NOT NULL,
    part             text NOT NULL CHECK (part IN ('lead', 'assist', 'child')),
    unit_id          bigint NOT NULL,
    unit_path        bigint[] NOT NULL,
    stage            text NOT NULL CHECK (stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused', 'done',
                         'returned', 'recalled')),
    round            integer NOT NULL,
    dispatched_at    timestamptz NOT NULL,
    finish_due       timestamptz NOT NULL, -- a dispatched ticket always has a deadline (北京 §13)
    first_finish_due timestamptz NOT NULL,
    sign_due         timestamptz,
    contact_due      timestamptz,
    return_until     timestamptz,
    pack             text NOT NULL,
    parent_id        integer,
    person_id        bigint,
    automatic        boolean NOT NULL,
    basis            text NOT NULL,
    extensions       integer NOT NULL,
    signed_at        timestamptz,
    contacted_at     timestamptz,
    finished_at      timestamptz,
    late             boolean,
    PRIMARY KEY (ticket_id, id)
);
-- Exactly one active lead: two people dispatching at once can never make two work orders.
CREATE UNIQUE INDEX assignment_one_lead ON assignment (ticket_id)
    WHERE part = 'lead' AND stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused');
CREATE INDEX assignment_unit ON assignment (unit_id, ticket_id DESC);
CREATE INDEX assignment_unit_active ON assignment (unit_id, stage, finish_due)
    WHERE stage IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused');

CREATE TABLE request (
    ticket_id     bigint NOT NULL,
    id            integer NOT NULL,
    asked         text NOT NULL CHECK (asked IN ('return', 'extension', 'shelving', 'termination')),
    assignment_id integer NOT NULL,
    unit_id       bigint NOT NULL,
    at            timestamptz NOT NULL,
    by            bigint,
    reason        text NOT NULL,
    basis         text NOT NULL,
    proposed_unit bigint,
    amount        integer,
    plan          text NOT NULL,
    milestone     timestamptz,
    decision      text NOT NULL CHECK (decision IN ('pending', 'granted', 'refused', 'lapsed')),
    decided_at    timestamptz,
    decided_by    bigint,
    note          text NOT NULL,
    PRIMARY KEY (ticket_id, id)
);
CREATE INDEX request_pending ON request (asked, at) WHERE decision = 'pending';

CREATE TABLE reply (
    ticket_id     bigint NOT NULL,
    id            integer NOT NULL,
    assignment_id integer NOT NULL,
    round         integer NOT NULL,
    at            timestamptz NOT NULL,
    by            bigint,
    found_true    boolean,
    solved        text NOT NULL,
    digest        text NOT NULL,
    due           timestamptz NOT NULL,
    decision      text NOT NULL CHECK (decision IN ('pending', 'granted', 'refused', 'lapsed')),
    reasons       text[] NOT NULL,
    decided_at    timestamptz,
    decided_by    bigint,
    PRIMARY KEY (ticket_id, id)
);

-- The two texts of a reply: what the centre reads (办理情况) and what the citizen reads (公开答复).
CREATE TABLE reply_text (
    ticket_id       bigint NOT NULL,
    reply_id        integer NOT NULL,
    account         text NOT NULL,
    public_reply    text NOT NULL,
    unsolved_reason text NOT NULL,
    PRIMARY KEY (ticket_id, reply_id)
);

-- An answer given on the phone without dispatch (直接答复).
CREATE TABLE direct_answer (
    ticket_id bigint PRIMARY KEY,
    answer    text NOT NULL
);

CREATE TABLE callback (
    ticket_id         bigint NOT NULL,
    id                integer NOT NULL,
    round             integer NOT NULL,
    opened_at         timestamptz NOT NULL,
    due               timestamptz NOT NULL,
    attempts          integer NOT NULL,
    last_attempt_at   timestamptz,
    outcome           text CHECK (outcome IN ('satisfied', 'dissatisfied', 'unreached', 'declined')),
    solved            text CHECK (solved IN ('yes', 'partly', 'no')),
    rating            integer CHECK (rating BETWEEN 1 AND 5),
    dissatisfied_with text NOT NULL,
    ended_at          timestamptz,
    by                bigint,
    PRIMARY KEY (ticket_id, id)
);
CREATE UNIQUE INDEX callback_one_a_round ON callback (ticket_id, round);
CREATE INDEX callback_open ON callback (due, ticket_id) WHERE ended_at IS NULL;

-- The citizen's own way to answer; the token is in a look-up of its own, one a callback.
CREATE TABLE survey (
    token       text PRIMARY KEY,
    ticket_id   bigint NOT NULL,
    callback_id integer NOT NULL,
    created_at  timestamptz NOT NULL,
    answered_at timestamptz,
    solved      text CHECK (solved IN ('yes', 'partly', 'no')),
    rating      integer CHECK (rating BETWEEN 1 AND 5),
    reasons     text[],
    comment     text
);
CREATE INDEX survey_ticket ON survey (ticket_id, callback_id);

CREATE TABLE ticket_overlay (
    ticket_id bigint NOT NULL,
    id        integer NOT NULL,
    kind      text NOT NULL,
    at        timestamptz NOT NULL,
    by        bigint,
    text      text NOT NULL,
    level     integer NOT NULL,
    origin    text NOT NULL,
    number    text NOT NULL,
    due       timestamptz,
    ended_at  timestamptz,
    PRIMARY KEY (ticket_id, id)
);
CREATE INDEX ticket_overlay_kind ON ticket_overlay (kind, at);
