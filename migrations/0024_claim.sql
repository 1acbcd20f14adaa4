-- 领取: which dispatcher has a ticket of the pool in hand. A lease: it is renewed while the ticket is open on their desk
-- and runs out by itself when they go away.
CREATE TABLE claim (
    ticket_id bigint PRIMARY KEY,
    person_id bigint NOT NULL,
    name      text NOT NULL,
    since     timestamptz NOT NULL,
    until     timestamptz NOT NULL CHECK (until > since)
);
CREATE INDEX claim_person ON claim (person_id);
