-- 地名库: every spelling of a place of the city, and the name it stands for (for most their own). Read by every process into memory.
CREATE TABLE place_name (
    name     text PRIMARY KEY,
    kind     text NOT NULL, -- 小区, 道路, 河湖, 学校, 站点: as the city's list has it
    standard text NOT NULL,
    CONSTRAINT place_name_length CHECK (char_length(name) BETWEEN 2 AND 40),
    CONSTRAINT place_name_standard_length CHECK (char_length(standard) BETWEEN 2 AND 40),
    CONSTRAINT place_name_kind_length CHECK (char_length(kind) BETWEEN 1 AND 20)
);

CREATE TABLE place_name_revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    mark     uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO place_name_revision DEFAULT VALUES;

CREATE FUNCTION place_name_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE place_name_revision SET mark = gen_random_uuid();
    RETURN NULL;
END $$;
CREATE TRIGGER place_name_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON place_name
    FOR EACH STATEMENT EXECUTE FUNCTION place_name_changed();

CREATE OR REPLACE VIEW revision AS
SELECT (SELECT stamp::text FROM directory_revision)  AS directory,
       (SELECT mark::text FROM sla_revision)         AS sla,
       (SELECT mark::text FROM catalogue_revision)   AS catalogue,
       (SELECT mark::text FROM category_revision)    AS category,
       (SELECT mark::text FROM model_revision)       AS model,
       (SELECT mark::text FROM place_name_revision)  AS places;
