-- What a unit owes besides its tickets, each with a clock of its own: the answer to a letter, a comment before the
-- meeting, a task out of an instruction.

CREATE TABLE duty (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('letter', 'comment', 'task')),
    ref          text NOT NULL, -- which letter, whose comment to which item, which task
    unit_id      integer NOT NULL REFERENCES unit,
    ticket_id    bigint, -- a letter or a task may be about no single ticket
    subject      text NOT NULL,
    opened_at    timestamptz NOT NULL,
    due_at       timestamptz, -- null: asked without a day, nothing is watched
    near_at      timestamptz,
    orange_at    timestamptz,
    late_at      timestamptz,
    very_late_at timestamptz,
    told         text NOT NULL DEFAULT 'asked' CHECK (told IN ('asked', 'near', 'orange', 'late', 'very_late')),
    next_at      timestamptz, -- when its light changes next; null: never
    closed_at    timestamptz,
    CONSTRAINT duty_with_a_day_has_its_lights CHECK ((due_at IS NULL) = (very_late_at IS NULL))
);
-- Asked for twice it is one duty; an answer that was refused opens another.
CREATE UNIQUE INDEX duty_open ON duty (kind, ref) WHERE closed_at IS NULL;
CREATE INDEX duty_next ON duty (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX duty_ticket ON duty (ticket_id) WHERE ticket_id IS NOT NULL AND closed_at IS NULL;

-- What people must hear of a duty; gone when everybody concerned has their notice.
CREATE TABLE duty_news (
    duty_id bigint NOT NULL REFERENCES duty,
    news    text NOT NULL CHECK (news IN ('asked', 'near', 'orange', 'late', 'very_late')),
    at      timestamptz NOT NULL,
    by      integer, -- who asked knows already
    PRIMARY KEY (duty_id, news)
);

-- A notice of a duty is no line of a ticket's history: its seq is negative, and its ticket 0 where there is none.
ALTER TABLE notice ADD COLUMN duty_id bigint REFERENCES duty,
    ADD CONSTRAINT notice_of_a_line_or_a_duty CHECK ((duty_id IS NULL) = (seq >= 0)),
    DROP CONSTRAINT notice_kind_check,
    ADD CONSTRAINT notice_kind_check
        CHECK (kind IN ('asked', 'near', 'orange', 'late', 'very_late', 'urge', 'supervise'));
