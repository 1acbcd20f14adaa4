-- 批示分解: what a leader wrote, on a ticket or on a report, and the tasks the centre made of it for each unit.
CREATE TABLE directive (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    by         bigint,
    by_name    text NOT NULL,
    text       text NOT NULL CHECK (text <> ''),
    about      text NOT NULL, -- what it was written on, in words
    due        timestamptz,
    ticket_id  bigint,
    overlay_id integer,
    CONSTRAINT directive_of_a_ticket_has_its_overlay CHECK ((ticket_id IS NULL) = (overlay_id IS NULL)),
    UNIQUE (ticket_id, overlay_id)
);
INSERT INTO directive (at, by, by_name, text, about, due, ticket_id, overlay_id)
SELECT o.at, o.by, coalesce(p.name, ''), o.text, '工单 ' || o.ticket_id, o.due, o.ticket_id, o.id
  FROM ticket_overlay o LEFT JOIN person p ON p.id = o.by WHERE o.kind = 'instruction' AND o.text <> '';

CREATE TABLE directive_task (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    directive_id  bigint NOT NULL REFERENCES directive,
    unit_id       bigint NOT NULL,
    what          text NOT NULL CHECK (what <> ''),
    due           timestamptz NOT NULL, -- a task without a day is none
    given_at      timestamptz NOT NULL,
    given_by      bigint,
    given_name    text NOT NULL,
    feedback      text NOT NULL DEFAULT '',
    feedback_at   timestamptz,
    feedback_name text NOT NULL DEFAULT '',
    done_at       timestamptz, -- the centre found it done
    done_name     text NOT NULL DEFAULT '',
    note          text NOT NULL DEFAULT '', -- why feedback was not accepted, or what was found
    CONSTRAINT directive_task_is_done_after_feedback CHECK (done_at IS NULL OR feedback_at IS NOT NULL)
);
CREATE INDEX directive_task_of ON directive_task (directive_id);
CREATE INDEX directive_task_unit ON directive_task (unit_id, due);
