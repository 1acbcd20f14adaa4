-- 办理惯例: who led what was finished in the last half-year, of matters for which the catalogue says nothing. Counted each night.
CREATE TABLE unit_practice (
    category text NOT NULL,
    region   text NOT NULL, -- empty: the place was not known
    lead     text NOT NULL, -- as in the catalogue: a unit's code, or 'district' / 'street'
    times    integer NOT NULL CHECK (times > 0),
    PRIMARY KEY (category, region, lead)
);
CREATE TRIGGER unit_practice_changed AFTER INSERT OR UPDATE OR DELETE ON unit_practice
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();

-- What the catalogue might say by what was done. A person writes the entry, with its ground, or says no, and that stays.
CREATE TABLE catalogue_proposal (
    category   text NOT NULL,
    region     text NOT NULL, -- empty: anywhere
    what       text NOT NULL, -- add: nothing is said; change: others lead; clear: no person is needed; ask: one is
    lead       text NOT NULL,
    times      integer NOT NULL, -- of the tickets, how many it led
    tickets    integer NOT NULL CHECK (tickets >= times),
    state      text NOT NULL DEFAULT 'proposed',
    why        text,
    decided_by text,
    decided_at timestamptz,
    PRIMARY KEY (category, region, what, lead),
    CONSTRAINT catalogue_proposal_what_known CHECK (what IN ('add', 'change', 'clear', 'ask')),
    CONSTRAINT catalogue_proposal_state_known CHECK (state IN ('proposed', 'rejected'))
);
