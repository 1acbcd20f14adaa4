-- 预估: how likely an assignment will be late and how long an answer takes, as learned from the city's own history; one row each.
CREATE TABLE outlook (
    name       text PRIMARY KEY,
    body       jsonb NOT NULL, -- numbers by name; nothing in it runs
    checksum   text NOT NULL,  -- of the body as the program writes it
    rows       integer NOT NULL CHECK (rows > 0),
    figures    jsonb NOT NULL, -- as measured on what was not learned from
    learned_at timestamptz NOT NULL,
    CONSTRAINT outlook_name_known CHECK (name IN ('late', 'wait'))
);
