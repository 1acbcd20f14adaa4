-- What was counted of a day's calls once nothing of it could change any more. The words of telephones, of which some of it
-- is counted, are not kept for ever; these sums are.
CREATE TABLE call_day (
    day         date NOT NULL,
    measure     text NOT NULL,
    by          text NOT NULL CHECK (by IN ('all', 'queue', 'agent')),
    key         text NOT NULL,
    numerator   bigint NOT NULL,
    denominator bigint NOT NULL,
    excluded    bigint NOT NULL,
    PRIMARY KEY (by, day, measure, key)
);

-- Every day before `until` is in them; NULL: none is.
CREATE TABLE call_mark (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    until date
);
INSERT INTO call_mark DEFAULT VALUES;

CREATE INDEX call_event_told ON call_event (at) WHERE type = 'agent.state';
CREATE INDEX missed_call_at ON missed_call (missed_at);
