-- What a letter is about: the category tree, the models that suggest, what they suggested and what people made of it.

CREATE TABLE category (
    code   text PRIMARY KEY,
    parent text REFERENCES category DEFERRABLE INITIALLY DEFERRED,
    level  smallint NOT NULL,
    name   text NOT NULL,
    words  text NOT NULL, -- typical words, separated by spaces
    duty   boolean NOT NULL, -- 部门职责: may not be handed to a street office
    active boolean NOT NULL DEFAULT true,
    -- Two digits of the code per level, so that "within" is asked of the code alone.
    CONSTRAINT category_code_says_level CHECK (code ~ '^[0-9]+$' AND length(code) = 2 * level AND level BETWEEN 1 AND 3),
    -- The parent is the code without its last two digits.
    CONSTRAINT category_below_its_parent CHECK (parent IS NOT DISTINCT FROM nullif(left(code, -2), '')),
    CONSTRAINT category_named CHECK (name <> '')
);
CREATE INDEX category_parent ON category (parent);

CREATE TABLE model (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target      text NOT NULL,
    fingerprint text NOT NULL,
    path        text NOT NULL,
    scores      jsonb NOT NULL,
    role        text NOT NULL,
    created_at  timestamptz NOT NULL,
    -- The same model registered twice is one model.
    CONSTRAINT model_fingerprint_once UNIQUE (target, fingerprint),
    -- champion answers, challenger is being compared, shadow answers unseen, retired is kept for going back.
    CONSTRAINT model_role_known CHECK (role IN ('champion', 'challenger', 'shadow', 'retired'))
);
-- Only one model of a kind answers.
CREATE UNIQUE INDEX model_one_champion ON model (target) WHERE role = 'champion';

CREATE TABLE prediction (
    ticket_id  bigint NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    model      text NOT NULL, -- fingerprint of the models that answered
    kind       text NOT NULL,
    urgency    text NOT NULL,
    risks      jsonb NOT NULL, -- the words that raised the urgency
    top3       jsonb NOT NULL, -- [{code, name, confidence}], best first, as it was shown
    words      jsonb NOT NULL, -- [{word, weight}] that spoke for the first
    at         timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, id)
);

CREATE TABLE override (
    ticket_id     bigint NOT NULL,
    id            bigint GENERATED ALWAYS AS IDENTITY,
    prediction_id bigint, -- what was shown when the person decided otherwise; none when nothing was
    field         text NOT NULL,
    from_value    text,
    to_value      text NOT NULL,
    reason        text NOT NULL,
    by_name       text NOT NULL,
    by_person     bigint,
    at            timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, id),
    FOREIGN KEY (ticket_id, prediction_id) REFERENCES prediction (ticket_id, id),
    CONSTRAINT override_field_known CHECK (field IN ('category', 'kind', 'urgency', 'unit')),
    -- Keeping what was suggested is no override.
    CONSTRAINT override_changes_something CHECK (from_value IS DISTINCT FROM to_value)
);
CREATE INDEX override_at ON override (at);
