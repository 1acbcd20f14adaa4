-- Names of units as files and finished tickets give them, and which unit each may mean: proposed by likeness, decided by people.
CREATE TABLE unit_name (
    name     text PRIMARY KEY,
    times    integer NOT NULL CHECK (times > 0),
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    matters  jsonb NOT NULL -- how often with which matter
);
CREATE TABLE alias_proposal (
    name       text NOT NULL,
    unit_id    integer NOT NULL REFERENCES unit,
    likeness   double precision NOT NULL,
    because    text[] NOT NULL,
    state      text NOT NULL DEFAULT 'proposed',
    decided_by text,
    decided_at timestamptz,
    PRIMARY KEY (name, unit_id),
    CONSTRAINT alias_proposal_state_known CHECK (state IN ('proposed', 'confirmed', 'rejected')),
    CONSTRAINT alias_proposal_decided CHECK ((state = 'proposed') = (decided_at IS NULL))
);
