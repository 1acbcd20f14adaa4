-- From which certainty on the router's first unit led in the end in 19 of 20 tickets of the last weeks, with an exact bound; counted each night.
CREATE TABLE measured_threshold (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    threshold double precision CHECK (threshold BETWEEN 0 AND 1), -- null: no part of them was right often enough
    judged    integer NOT NULL, -- tickets of which it was known who led
    let_through integer NOT NULL,
    right_ones integer NOT NULL,
    least     double precision NOT NULL, -- the precision that is reached with 95 % certainty
    at        timestamptz NOT NULL
);
CREATE TRIGGER measured_threshold_changed AFTER INSERT OR UPDATE OR DELETE ON measured_threshold
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
