-- A row trigger does not see TRUNCATE.
CREATE FUNCTION history_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only: it is not truncated'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER history_kept BEFORE TRUNCATE ON history FOR EACH STATEMENT EXECUTE FUNCTION history_is_kept();
