-- 考核办法 (综合考核分, 三率权重, 分档) as versioned rules: the newest whose day has come by the end of a span is in force.
CREATE TABLE scoring_rule (
    version        integer PRIMARY KEY CHECK (version > 0),
    effective_from date NOT NULL,
    body           jsonb NOT NULL,
    because        text NOT NULL CHECK (because <> ''),
    set_at         timestamptz NOT NULL,
    set_by         bigint,
    set_name       text NOT NULL
);
CREATE FUNCTION refuse_scoring_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'version % of the scoring rules is kept as it was', OLD.version USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER scoring_rule_kept BEFORE UPDATE OR DELETE ON scoring_rule
    FOR EACH ROW EXECUTE FUNCTION refuse_scoring_change();

-- What counts for a ticket without a line in its history: the tasks of an instruction, the list it was put on.
CREATE FUNCTION count_directive_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kpi_again SELECT d.ticket_id FROM directive d WHERE d.id = NEW.directive_id AND d.ticket_id IS NOT NULL
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER directive_task_counts AFTER INSERT OR UPDATE ON directive_task
    FOR EACH ROW EXECUTE FUNCTION count_directive_again();
CREATE FUNCTION count_listing_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kpi_again VALUES (NEW.ticket_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER difficult_listing_counts AFTER INSERT ON difficult_listing
    FOR EACH ROW EXECUTE FUNCTION count_listing_again();
-- What was there before the triggers.
INSERT INTO kpi_again
SELECT ticket_id FROM difficult_listing UNION SELECT d.ticket_id FROM directive d
  JOIN directive_task k ON k.directive_id = d.id WHERE d.ticket_id IS NOT NULL
    ON CONFLICT DO NOTHING;
