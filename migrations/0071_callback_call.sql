-- Calls that were dialled for a callback: which attempt they belong to, whose recording is kept while a ticket is open,
-- and whose is secret.
CREATE TABLE callback_call (
    ticket_id   bigint NOT NULL,
    callback_id integer NOT NULL,
    call        text NOT NULL,
    person_id   integer NOT NULL REFERENCES person,
    asked_at    timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, callback_id, call)
);
CREATE INDEX callback_call_of ON callback_call (call);
