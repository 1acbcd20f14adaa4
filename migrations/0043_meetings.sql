-- 协商会: what is said to an item of a frozen list, by the units before the meeting, by the meeting, and after it.

-- 会前征求意见: each unit that has or had a share of the ticket.
CREATE TABLE difficult_comment (
    week      text NOT NULL,
    ticket_id bigint NOT NULL,
    unit_id   bigint NOT NULL,
    at        timestamptz NOT NULL,
    by        bigint,
    by_name   text NOT NULL,
    stance    text NOT NULL CHECK (stance IN ('agree', 'object', 'supplement')),
    text      text NOT NULL CHECK (text <> ''),
    PRIMARY KEY (week, ticket_id, unit_id), -- the unit's word; said again, the later one counts
    FOREIGN KEY (ticket_id, week) REFERENCES difficult_listing
);

CREATE TABLE difficult_meeting (
    week      text PRIMARY KEY REFERENCES difficult_week,
    held_at   timestamptz,
    place     text NOT NULL,
    chair     text NOT NULL,
    attendees text NOT NULL,
    minutes   text NOT NULL,
    saved_at  timestamptz NOT NULL,
    saved_by  text NOT NULL
);

-- One row a ticket: who leads, who assists, by when, on what ground. Carried out, it is not changed any more.
CREATE TABLE difficult_decision (
    week         text NOT NULL,
    ticket_id    bigint NOT NULL,
    lead_unit    bigint NOT NULL,
    assists      bigint[] NOT NULL,
    due          timestamptz NOT NULL,
    basis        text NOT NULL CHECK (basis <> ''),
    demand       text NOT NULL,
    to_catalogue boolean NOT NULL,
    saved_at     timestamptz NOT NULL,
    saved_by     text NOT NULL,
    done_at      timestamptz,
    done_by      text NOT NULL DEFAULT '',
    letter_id    bigint REFERENCES letter,
    PRIMARY KEY (week, ticket_id),
    FOREIGN KEY (ticket_id, week) REFERENCES difficult_listing
);

-- 每周进展, in the unit's words.
CREATE TABLE difficult_progress (
    ticket_id bigint NOT NULL,
    id        integer NOT NULL,
    unit_id   bigint NOT NULL,
    at        timestamptz NOT NULL,
    by        bigint,
    by_name   text NOT NULL,
    text      text NOT NULL CHECK (text <> ''),
    PRIMARY KEY (ticket_id, id)
);

-- 申请销号, and what the citizen told the centre when it called.
CREATE TABLE difficult_strike (
    ticket_id    bigint NOT NULL,
    id           integer NOT NULL,
    unit_id      bigint NOT NULL,
    at           timestamptz NOT NULL,
    by           bigint,
    by_name      text NOT NULL,
    text         text NOT NULL CHECK (text <> ''),
    outcome      text NOT NULL DEFAULT 'pending' CHECK (outcome IN ('pending', 'struck', 'refused')),
    tries        integer NOT NULL DEFAULT 0, -- calls that reached nobody
    solved       text CHECK (solved IN ('yes', 'partly', 'no')),
    rating       integer CHECK (rating BETWEEN 1 AND 5),
    note         text NOT NULL DEFAULT '',
    decided_at   timestamptz,
    decided_by   bigint,
    decided_name text NOT NULL DEFAULT '',
    PRIMARY KEY (ticket_id, id),
    -- Nothing is struck off unless the citizen said that it is solved.
    CONSTRAINT difficult_strike_is_verified CHECK (outcome <> 'struck' OR solved = 'yes')
);
CREATE UNIQUE INDEX difficult_strike_one_open ON difficult_strike (ticket_id) WHERE outcome = 'pending';
CREATE INDEX difficult_strike_done ON difficult_strike (ticket_id, decided_at) WHERE outcome = 'struck';
