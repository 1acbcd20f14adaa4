-- 答复模板: what a unit, or one person of it, answers again and again.
CREATE TABLE reply_template (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id      integer NOT NULL REFERENCES unit,
    person_id    integer REFERENCES person, -- null: for everybody of the unit
    category     text, -- offered for this category and what is below it; null: for all
    name         text NOT NULL,
    account      text NOT NULL,
    public_reply text NOT NULL,
    by_name      text NOT NULL,
    at           timestamptz NOT NULL,
    CONSTRAINT reply_template_named CHECK (name <> ''),
    -- A template without words would fill nothing in.
    CONSTRAINT reply_template_says_something CHECK (account <> '' OR public_reply <> '')
);
CREATE INDEX reply_template_unit ON reply_template (unit_id, name);
