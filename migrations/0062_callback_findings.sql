-- 回访核查: signs that a rating was not the citizen's free word (docs/rules.md F.10). A person looks at each; nothing
-- here changes a ticket or a rate.

-- From where a page was answered: a keyed digest of address and browser, which tells only that two were the same.
ALTER TABLE survey ADD COLUMN source bytea;
CREATE INDEX survey_source ON survey (source, answered_at) WHERE source IS NOT NULL;
CREATE INDEX survey_answered ON survey (answered_at) WHERE answered_at IS NOT NULL;

CREATE TABLE callback_finding (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sign        text NOT NULL CHECK (sign IN ('same_source', 'after_contact', 'staff_number', 'not_contacted', 'not_as_told',
                                              'induced', 'withdrawn')),
    ticket_id   bigint NOT NULL,
    callback_id integer NOT NULL, -- 0: not about one callback
    unit_id     bigint NOT NULL,
    at          timestamptz NOT NULL, -- of what was found
    found_at    timestamptz NOT NULL,
    because     text NOT NULL,
    verdict     text CHECK (verdict IN ('upheld', 'dismissed')),
    note        text,
    decided_at  timestamptz,
    decided_by  integer REFERENCES person,
    UNIQUE (ticket_id, callback_id, sign),
    CONSTRAINT finding_decided_whole CHECK (
        (verdict IS NULL) = (decided_at IS NULL) AND (verdict IS NULL) = (decided_by IS NULL) AND (verdict IS NULL) = (note IS NULL))
);
CREATE INDEX callback_finding_open ON callback_finding (at DESC, id DESC) WHERE verdict IS NULL;
