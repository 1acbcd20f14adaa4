-- 超时签收 is told by the two moments themselves, so that no list has to compare them.
ALTER TABLE assignment ADD COLUMN signed_late boolean GENERATED ALWAYS AS (signed_at > sign_due) STORED;

-- 裁定先例: what was ruled for which matter, on what ground; the next dispute about the like is shown it.
CREATE TABLE precedent (
    ticket_id    bigint NOT NULL,
    seq          integer NOT NULL, -- the history line of the ruling
    at           timestamptz NOT NULL,
    category     text, -- of the ticket when it was ruled
    region       text,
    lead_unit    bigint NOT NULL,
    assists      bigint[] NOT NULL,
    basis        text NOT NULL,
    reason       text NOT NULL,
    decided_by   bigint,
    decided_name text NOT NULL,
    catalogue_id integer REFERENCES catalogue, -- the entry it was deposited as, if it was
    PRIMARY KEY (ticket_id, seq)
);
CREATE INDEX precedent_category ON precedent (category text_pattern_ops, at DESC);

-- Files put to a ticket. The bytes lie in the data folder under their own digest; here is who, when, and for whose eyes.
CREATE TABLE attachment (
    ticket_id   bigint NOT NULL,
    number      integer NOT NULL,
    digest      text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'), -- SM3 of the content, and its name on disk
    kind        text NOT NULL, -- what the content is, never what its name says
    size        bigint NOT NULL CHECK (size > 0),
    name        text NOT NULL CHECK (name <> ''),
    public      boolean NOT NULL, -- goes with the public reply; otherwise for those who handle the ticket
    at          timestamptz NOT NULL,
    by          bigint,
    by_name     text NOT NULL,
    by_unit     bigint,
    from_centre boolean NOT NULL,
    PRIMARY KEY (ticket_id, number)
);

-- Reports ask for what was sent in a month; the rows lie in that order anyway, so this costs next to nothing.
CREATE INDEX assignment_dispatched ON assignment USING brin (dispatched_at);
