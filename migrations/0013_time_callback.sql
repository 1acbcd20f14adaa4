-- Deadlines of the ticket itself, changes of the calendar, and what a callback must remember.

-- A ticket may have several callbacks and letters: each is watched by itself. 0 where there is only one.
ALTER TABLE deadline ADD COLUMN item_id integer NOT NULL DEFAULT 0;
ALTER TABLE deadline DROP CONSTRAINT deadline_pkey;
ALTER TABLE deadline ADD PRIMARY KEY (ticket_id, assignment_id, kind, item_id);
ALTER TABLE deadline DROP CONSTRAINT deadline_kind_known;
ALTER TABLE deadline ADD CONSTRAINT deadline_kind_known CHECK (
    kind IN ('dispatch', 'consultation', 'sign', 'contact', 'finish', 'milestone', 'supervise', 'callback', 'low_rating')
);

-- A change of the calendar or of a pack: who, when, what it was before. Open deadlines are recomputed by its number.
CREATE TABLE deadline_change (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    by       bigint,
    by_name  text NOT NULL,
    because  text NOT NULL,
    region   text NOT NULL,
    -- {"days": {"2026-05-09": {"workday": false, "name": "…"} or null}}: what stood there before
    before   jsonb NOT NULL,
    after    jsonb NOT NULL,
    pack     text, -- name@version that open deadlines are given; null: each keeps its own
    tickets  integer NOT NULL,
    CONSTRAINT deadline_change_says_why CHECK (because <> '')
);

ALTER TABLE callback
    ADD COLUMN tries integer NOT NULL DEFAULT 0,
    ADD COLUMN next_after timestamptz,
    ADD COLUMN awaits_call boolean NOT NULL DEFAULT false,
    ADD COLUMN excluded boolean NOT NULL DEFAULT false,
    ALTER COLUMN dissatisfied_with DROP NOT NULL,
    DROP CONSTRAINT callback_outcome_check,
    ADD CONSTRAINT callback_outcome_check
        CHECK (outcome IN ('satisfied', 'dissatisfied', 'unreached', 'declined', 'not_asked'));
UPDATE callback SET dissatisfied_with = NULL
 WHERE dissatisfied_with NOT IN ('attitude', 'efficiency', 'result', 'procedure', 'not_contacted', 'false');
ALTER TABLE callback ADD CONSTRAINT callback_dissatisfied_with_check
    CHECK (dissatisfied_with IN ('attitude', 'efficiency', 'result', 'procedure', 'not_contacted', 'false'));

ALTER TABLE request
    ADD COLUMN callback_id integer, -- what an appeal is about
    DROP CONSTRAINT request_asked_check,
    ADD CONSTRAINT request_asked_check CHECK (asked IN ('return', 'extension', 'shelving', 'termination', 'appeal'));
