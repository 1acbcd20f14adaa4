-- What people decided otherwise and what came of it: overrides with what was shown, labels, how rulings fared, the models compared.

-- The ten widest guesses: with them a decision can be asked again under another catalogue.
ALTER TABLE prediction ADD COLUMN areas jsonb NOT NULL DEFAULT '[]';
CREATE INDEX prediction_at ON prediction USING brin (at);
CREATE INDEX routing_decision_at ON routing_decision USING brin (at);

ALTER TABLE override
    ADD COLUMN source     text NOT NULL DEFAULT 'dispatcher',
    ADD COLUMN shown      jsonb NOT NULL DEFAULT '[]', -- the three best as they were shown, with confidences
    ADD COLUMN model      text, -- fingerprints of the models that had answered
    ADD COLUMN verdict    text, -- 复核: whether the override itself was right; null until somebody looked
    ADD COLUMN verdict_by text,
    ADD COLUMN verdict_at timestamptz,
    ADD CONSTRAINT override_source_known CHECK (source IN ('agent', 'dispatcher', 'return', 'ruling')),
    ADD CONSTRAINT override_verdict_known CHECK (verdict IN ('right', 'wrong'));
UPDATE override o SET shown = p.top3, model = p.model
  FROM prediction p WHERE (p.ticket_id, p.id) = (o.ticket_id, o.prediction_id) AND o.field = 'category';

-- 标注: what a person says a letter is about, for the model alone; the ticket stays as it is.
CREATE TABLE letter_label (
    ticket_id bigint PRIMARY KEY,
    category  text NOT NULL,
    shown     jsonb NOT NULL,
    model     text,
    by_person bigint,
    by_name   text NOT NULL,
    at        timestamptz NOT NULL
);
CREATE INDEX letter_label_at ON letter_label (at);

-- Letters that no model ever learns from, so that all of them may be compared on the same ones.
CREATE TABLE frozen_letter (
    ticket_id bigint PRIMARY KEY,
    at        timestamptz NOT NULL
);

-- What each letter turned out to be about: what a labeller said, else the category in the end, unless a reviewer found that wrong.
CREATE VIEW settled_category AS
SELECT t.id AS ticket_id, coalesce(l.category, t.category) AS category, t.created_at,
       l.ticket_id IS NOT NULL OR t.confidence IS NULL AS by_person
  FROM ticket t
  LEFT JOIN letter_label l ON l.ticket_id = t.id
 WHERE l.ticket_id IS NOT NULL
    OR (t.category IS NOT NULL AND (t.confidence IS NULL OR t.state IN ('closed', 'archived'))
        AND NOT EXISTS (SELECT FROM override o WHERE o.ticket_id = t.id AND o.field = 'category' AND o.verdict = 'wrong'));

-- How a ruling fared: each ticket it spoke for.
CREATE UNIQUE INDEX precedent_numbered ON precedent (year, number);
CREATE TABLE precedent_use (
    year      integer NOT NULL,
    number    integer NOT NULL,
    ticket_id bigint NOT NULL,
    at        timestamptz NOT NULL,
    unit_id   bigint NOT NULL, -- to whom the ticket went
    automatic boolean NOT NULL,
    outcome   text NOT NULL, -- open: sent as ruled and nothing heard yet; passed: a person sent it elsewhere
    PRIMARY KEY (year, number, ticket_id),
    FOREIGN KEY (year, number) REFERENCES precedent (year, number),
    CONSTRAINT precedent_use_outcome_known CHECK (outcome IN ('open', 'kept', 'returned', 'passed'))
);
CREATE INDEX precedent_use_of ON precedent_use (ticket_id);
ALTER TABLE precedent
    ADD COLUMN kept         integer NOT NULL DEFAULT 0,
    ADD COLUMN came_back    integer NOT NULL DEFAULT 0,
    ADD COLUMN passed       integer NOT NULL DEFAULT 0,
    ADD COLUMN suspended_at timestamptz,
    ADD COLUMN suspended_by text,
    ADD COLUMN suspended_why text;

-- Of what a unit was sent in a matter, what was found to be another's, and whose: evidence against the one and for the other.
CREATE TABLE unit_evidence (
    category text NOT NULL,
    unit_id  bigint NOT NULL,
    moved_to bigint NOT NULL,
    sent     integer NOT NULL CHECK (sent > 0),
    moved    integer NOT NULL CHECK (moved BETWEEN 1 AND sent),
    PRIMARY KEY (category, unit_id, moved_to)
);
CREATE TRIGGER unit_evidence_changed AFTER INSERT OR UPDATE OR DELETE ON unit_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();

-- From which certainty on a ticket goes out by itself, once somebody has chosen it; until then the setting of the installation.
CREATE TABLE dispatch_threshold (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    threshold double precision NOT NULL CHECK (threshold BETWEEN 0.5 AND 1),
    reason    text NOT NULL,
    by_name   text NOT NULL,
    at        timestamptz NOT NULL
);
CREATE TRIGGER dispatch_threshold_changed AFTER INSERT OR UPDATE OR DELETE ON dispatch_threshold
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
ALTER TABLE reference_change DROP CONSTRAINT reference_change_subject_known;
ALTER TABLE reference_change ADD CONSTRAINT reference_change_subject_known
    CHECK (subject IN ('catalogue', 'category', 'model', 'threshold', 'precedent', 'alias'));
