-- 派单目录: which unit leads for which matter in which place, on what legal basis, from when to when (66号文).
CREATE TABLE catalogue (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    category   text NOT NULL, -- any level of the tree; the deepest match wins
    region     text, -- null: anywhere; a region's own entry wins over it
    lead       text NOT NULL, -- a unit's code, or 'district' / 'street' for the local government of the ticket's place
    assist     text[] NOT NULL,
    basis      text NOT NULL CHECK (basis <> ''), -- nobody is sent work without being told why it is theirs
    clear      boolean NOT NULL, -- clear-cut: may be dispatched without a person
    valid_from date NOT NULL,
    valid_to   date,
    source     text NOT NULL DEFAULT 'shipped', -- shipped, edited, or the number of the ruling it was deposited from
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
-- One entry in force for one matter in one place.
CREATE UNIQUE INDEX catalogue_one ON catalogue (category, coalesce(region, ''), valid_from);

-- Which catalogue a process has read; any change of a row changes the mark.
CREATE TABLE catalogue_revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    mark     uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO catalogue_revision DEFAULT VALUES;

CREATE FUNCTION catalogue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalogue_revision SET mark = gen_random_uuid();
    RETURN NULL;
END $$;
CREATE TRIGGER catalogue_changed AFTER INSERT OR UPDATE OR DELETE ON catalogue
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();

-- The same for the category tree, which routing reads with every ticket.
CREATE TABLE category_revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    mark     uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO category_revision DEFAULT VALUES;

CREATE FUNCTION category_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE category_revision SET mark = gen_random_uuid();
    RETURN NULL;
END $$;
CREATE TRIGGER category_changed AFTER INSERT OR UPDATE OR DELETE ON category
    FOR EACH STATEMENT EXECUTE FUNCTION category_changed();

-- What the router said about a ticket, kept with its reasons: shown to the dispatcher, and later measured.
CREATE TABLE routing_decision (
    ticket_id  bigint NOT NULL,
    id         integer NOT NULL,
    at         timestamptz NOT NULL,
    unit_id    bigint, -- null: a person decides
    automatic  boolean NOT NULL,
    because    text[] NOT NULL,
    candidates jsonb NOT NULL,
    PRIMARY KEY (ticket_id, id)
);
