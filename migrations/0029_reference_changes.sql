-- Who changed what decides where tickets go: an entry of the catalogue, a category, the model that answers; before and after.
CREATE TABLE reference_change (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    subject    text NOT NULL,
    key        text NOT NULL, -- the code or number of what was changed
    act        text NOT NULL,
    before     jsonb, -- null: it was not there
    after      jsonb, -- null: it is gone
    person_id  bigint,
    actor_name text NOT NULL,
    CONSTRAINT reference_change_subject_known CHECK (subject IN ('catalogue', 'category', 'model'))
);
CREATE INDEX reference_change_of ON reference_change (subject, id DESC);

-- Which models a process has opened; promoting another changes the mark, and every process opens it at the next letter.
CREATE TABLE model_revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    mark     uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO model_revision DEFAULT VALUES;

CREATE FUNCTION model_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE model_revision SET mark = gen_random_uuid();
    RETURN NULL;
END $$;
CREATE TRIGGER model_changed AFTER INSERT OR UPDATE OR DELETE ON model
    FOR EACH STATEMENT EXECUTE FUNCTION model_changed();

CREATE OR REPLACE VIEW revision AS
SELECT (SELECT stamp::text FROM directory_revision) AS directory,
       (SELECT mark::text FROM sla_revision)        AS sla,
       (SELECT mark::text FROM catalogue_revision)  AS catalogue,
       (SELECT mark::text FROM category_revision)   AS category,
       (SELECT mark::text FROM model_revision)      AS model;
