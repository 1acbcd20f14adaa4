-- 导出记录 (网络数据安全管理条例 §12): who took which tickets out as a file, for what; kept three years and never changed but by its end.
CREATE TABLE taken_out (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    by_name  text NOT NULL CHECK (by_name <> ''),
    purpose  text NOT NULL CHECK (purpose <> ''),
    first    bigint NOT NULL,
    until    bigint NOT NULL,
    format   text NOT NULL,
    ended_at timestamptz,
    rows     bigint,
    whole    boolean -- false: cancelled, or it failed; no file was left
);
CREATE FUNCTION refuse_taken_out_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL
       AND (NEW.at, NEW.by_name, NEW.purpose, NEW.first, NEW.until, NEW.format) =
           (OLD.at, OLD.by_name, OLD.purpose, OLD.first, OLD.until, OLD.format) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'taken_out is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER taken_out_append_only BEFORE UPDATE OR DELETE ON taken_out
    FOR EACH ROW EXECUTE FUNCTION refuse_taken_out_change();
