-- 热线专报: one topic for leadership. Written as a draft over living numbers; issued once, then it is what it was.
CREATE TABLE brief (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title      text NOT NULL CHECK (title <> ''),
    categories text[] NOT NULL, -- code prefixes; none: every category
    words      text NOT NULL, -- all of them occur in the matter; '': any
    district   text, -- a region and all within it; null: the whole city
    begins     date NOT NULL,
    ends       date NOT NULL, -- included
    causes     text NOT NULL,
    advice     text NOT NULL,
    cases      bigint[] NOT NULL, -- picked by hand; none: those called about most
    created_by integer NOT NULL REFERENCES person,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    version    integer NOT NULL DEFAULT 1,
    year       integer,
    number     integer, -- 第几期 of its year
    issued_at  timestamptz,
    issued_by  integer REFERENCES person,
    paper      bytea, -- the papers as issued, for leadership and for the public, as JSON
    hash       bytea, -- SM3 of it
    CONSTRAINT brief_span CHECK (begins <= ends),
    CONSTRAINT brief_about_something CHECK (words <> '' OR cardinality(categories) > 0 OR district IS NOT NULL),
    CONSTRAINT brief_issued_whole CHECK (num_nulls(year, number, issued_at, issued_by, paper, hash) IN (0, 6))
);
CREATE UNIQUE INDEX brief_number ON brief (year, number) WHERE number IS NOT NULL;
