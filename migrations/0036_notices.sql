-- 通知: what people must hear of, who has been told, and what went out of the house.

-- A history line that people must hear of, written with the line; gone when everybody concerned has their notice.
CREATE TABLE alert (
    ticket_id bigint NOT NULL,
    seq       integer NOT NULL,
    PRIMARY KEY (ticket_id, seq)
);

-- In somebody's inbox. It says which line of which ticket; what the ticket is about is read when it is shown.
CREATE TABLE notice (
    ticket_id bigint NOT NULL,
    seq       integer NOT NULL,
    person_id integer NOT NULL REFERENCES person,
    number    bigint GENERATED ALWAYS AS IDENTITY,
    at        timestamptz NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('near', 'orange', 'late', 'very_late', 'urge', 'supervise')),
    clock     text NOT NULL, -- which deadline; empty: none
    share     integer NOT NULL, -- of which assignment; 0: of the ticket itself
    item      integer NOT NULL,
    origin    text NOT NULL, -- who urges
    due_at    timestamptz,
    urgent    boolean NOT NULL,
    read_at   timestamptz,
    -- Nobody is told the same thing twice.
    PRIMARY KEY (ticket_id, seq, person_id)
);
CREATE INDEX notice_inbox ON notice (person_id, number DESC);
CREATE INDEX notice_unread ON notice (person_id) WHERE read_at IS NULL;

-- 通知设置: how somebody wishes to be told outside the console. Without a row: what the settings say for everybody.
CREATE TABLE notice_wish (
    person_id  integer PRIMARY KEY REFERENCES person,
    mail       bytea, -- sealed; null: no mail
    gateway    text CHECK (gateway IN ('sms', 'wecom', 'dingtalk')), -- null: none of them
    quiet_from time NOT NULL,
    quiet_to   time NOT NULL, -- the same as quiet_from: never quiet
    digest     text NOT NULL CHECK (digest IN ('soon', 'hourly', 'daily')),
    changed_at timestamptz NOT NULL
);

-- One message to one person, carrying one notice or many.
CREATE TABLE message (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  integer NOT NULL REFERENCES person,
    channel    text NOT NULL CHECK (channel IN ('mail', 'sms', 'wecom', 'dingtalk')),
    -- The same at every try: the receiving side may refuse what it already has.
    key        uuid NOT NULL DEFAULT gen_random_uuid(),
    urgent     boolean NOT NULL,
    made_at    timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'unsure')),
    attempts   integer NOT NULL DEFAULT 0,
    -- Pauses and leases run in real time, whatever clock the city goes by.
    not_before timestamptz NOT NULL DEFAULT now(),
    taken_at   timestamptz,
    sent_at    timestamptz,
    problem    text NOT NULL DEFAULT ''
);
CREATE INDEX message_waiting ON message (not_before) WHERE state = 'waiting';
CREATE INDEX message_sending ON message (taken_at) WHERE state = 'sending';
CREATE INDEX message_trouble ON message (id DESC) WHERE state IN ('failed', 'unsure');

-- A notice that is to leave the house by one way: held until its hour, then part of a message.
CREATE TABLE delivery (
    ticket_id  bigint NOT NULL,
    seq        integer NOT NULL,
    person_id  integer NOT NULL,
    channel    text NOT NULL CHECK (channel IN ('mail', 'sms', 'wecom', 'dingtalk')),
    send_after timestamptz NOT NULL,
    urgent     boolean NOT NULL,
    message_id bigint REFERENCES message,
    -- What it was about was done before its hour came.
    moot       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (ticket_id, seq, person_id, channel),
    FOREIGN KEY (ticket_id, seq, person_id) REFERENCES notice ON DELETE CASCADE
);
CREATE INDEX delivery_held ON delivery (send_after) WHERE message_id IS NULL AND NOT moot;
CREATE INDEX delivery_message ON delivery (message_id) WHERE message_id IS NOT NULL;

-- 系统催办: shares of the time of a lead's finish deadline at which the system urges, and how many have been.
ALTER TABLE deadline ADD COLUMN urges timestamptz[] NOT NULL DEFAULT '{}', ADD COLUMN urged integer NOT NULL DEFAULT 0;
