-- The callback desk: who is calling whom just now, and when a citizen would rather be called.
-- Beside the ticket and not of it: nothing here decides anything about the ticket.
CREATE TABLE callback_desk (
    ticket_id   bigint NOT NULL,
    callback_id integer NOT NULL,
    person_id   integer REFERENCES person, -- who has the card; two people never dial one citizen at once
    until       timestamptz, -- from then on anybody may take it
    call_after  timestamptz, -- the citizen asked to be called from then on
    PRIMARY KEY (ticket_id, callback_id),
    CONSTRAINT callback_desk_held_for_a_time CHECK ((person_id IS NULL) = (until IS NULL))
);
CREATE INDEX callback_desk_person ON callback_desk (person_id) WHERE person_id IS NOT NULL;

-- 抽样: of consultations and suggestions a person calls one in five; the others are asked on their page alone.
ALTER TABLE callback ADD COLUMN sampled boolean NOT NULL DEFAULT true;
CREATE INDEX callback_page_alone ON callback (due) WHERE ended_at IS NULL AND NOT sampled;

-- How many of a unit came up for the sample in a month: drawn unit by unit, so that none is spared and none overrun.
CREATE TABLE callback_draw (
    unit_id bigint NOT NULL,
    month   text NOT NULL,
    count   integer NOT NULL,
    PRIMARY KEY (unit_id, month)
);

-- Each time a citizen's number was shown in full to somebody who calls (个保法 §51, §54).
CREATE TABLE number_shown (
    ticket_id   bigint NOT NULL,
    at          timestamptz NOT NULL,
    person_id   integer NOT NULL REFERENCES person,
    callback_id integer NOT NULL,
    person_name text NOT NULL,
    PRIMARY KEY (ticket_id, at, person_id)
);
CREATE INDEX number_shown_person ON number_shown (person_id, at);

CREATE FUNCTION refuse_number_shown_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'number_shown is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER number_shown_append_only BEFORE UPDATE OR DELETE ON number_shown
    FOR EACH ROW EXECUTE FUNCTION refuse_number_shown_change();
