-- The nightly training: what was compared with what, what the shadows said, and what each day looked like.

ALTER TABLE model ADD COLUMN comparison jsonb; -- with the champion of that night; null: registered by hand, never compared

CREATE TABLE training_run (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    ended_at timestamptz,
    outcome  text NOT NULL DEFAULT 'running',
    said     text NOT NULL DEFAULT '',
    CONSTRAINT training_run_outcome_known CHECK (outcome IN ('running', 'challenger', 'shadow', 'nothing', 'failed'))
);

CREATE TABLE shadow_answer (
    model_id   integer NOT NULL REFERENCES model,
    ticket_id  bigint NOT NULL,
    code       text NOT NULL,
    confidence double precision NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (model_id, ticket_id)
);

-- A day's letters as the models saw them.
CREATE TABLE model_day (
    day     date NOT NULL,
    model   text NOT NULL,
    letters integer NOT NULL,
    sure    double precision NOT NULL, -- mean confidence of the first suggestion
    bins    integer[] NOT NULL, -- letters by tenths of confidence
    classes jsonb NOT NULL, -- letters by second-level category
    unknown double precision, -- share of the words that the model has never met
    PRIMARY KEY (day, model)
);

-- By week: how often a category or a unit was said, how often it was so, how often both.
CREATE TABLE learned_week (
    week date NOT NULL,
    what text NOT NULL CHECK (what IN ('category', 'unit')),
    key  text NOT NULL,
    said integer NOT NULL,
    was  integer NOT NULL,
    agreed integer NOT NULL,
    PRIMARY KEY (what, week, key)
);
