-- The week's list among many open tickets (docs/decisions/0092): those of which a rule may have something to say by what is
-- in them. Kept by the job that keeps the sums, by the same mark.
CREATE TABLE difficult_hint (
    ticket_id bigint PRIMARY KEY
);

-- By which thresholds and definitions they were found. Others than the city's and the program's: nobody leans on them until
-- the worker has looked at every ticket again; it has come to the number `next` by those of `towards`.
CREATE TABLE difficult_hinted (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    looking text NOT NULL DEFAULT '',
    towards text NOT NULL DEFAULT '',
    next    bigint NOT NULL DEFAULT 0
);
INSERT INTO difficult_hinted DEFAULT VALUES;
