-- 话务指标 of a month as they were reported: frozen with the measures of tickets, in the same revision.
CREATE TABLE kpi_month_call (
    month       date NOT NULL,
    revision    integer NOT NULL,
    by          text NOT NULL CHECK (by IN ('all', 'queue', 'agent', 'day')),
    measure     text NOT NULL,
    key         text NOT NULL,
    numerator   bigint NOT NULL,
    denominator bigint NOT NULL,
    excluded    bigint NOT NULL,
    PRIMARY KEY (month, revision, by, measure, key),
    FOREIGN KEY (month, revision) REFERENCES kpi_month
);
CREATE TRIGGER kpi_month_call_frozen BEFORE UPDATE OR DELETE ON kpi_month_call
    FOR EACH ROW EXECUTE FUNCTION refuse_frozen_month_change();

-- SM3 of those lines; NULL: frozen before calls were, or without a telephone.
ALTER TABLE kpi_month ADD COLUMN calls_hash bytea CHECK (octet_length(calls_hash) = 32);
