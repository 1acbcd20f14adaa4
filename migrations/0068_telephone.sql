-- Whose telephone is which: prefilled when they sign in, and whether they may use the browser as one.
CREATE TABLE telephone (
    person_id integer PRIMARY KEY REFERENCES person,
    extension text NOT NULL,
    browser   boolean NOT NULL
);

-- No telephone system tells whose receiver is muted: the call on which it was asked and done.
ALTER TABLE phone_agent ADD COLUMN muted text NOT NULL DEFAULT '';
