-- How a person has arranged their desk (个人设置): snippets, templates, saved filters, notices. No ticket hangs on it.

CREATE TABLE preference (
    person_id  integer NOT NULL REFERENCES person,
    name       text NOT NULL,
    value      jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, name),
    -- A name is the desk's word for a setting, never what somebody typed.
    CONSTRAINT preference_name_plain CHECK (name ~ '^[a-z][a-z0-9_.-]{0,63}$')
);
