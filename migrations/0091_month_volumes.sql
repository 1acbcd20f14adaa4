-- What came in a month as it was reported: frozen with the measures, in the same revision. A ticket that is put under
-- another category afterwards changes the next revision only.
CREATE TABLE kpi_month_volume (
    month    date NOT NULL,
    revision integer NOT NULL,
    by       text NOT NULL CHECK (by IN ('all', 'channel', 'kind', 'category', 'district', 'open', 'closed')),
    key      text,
    number   integer NOT NULL CHECK (number >= 0),
    UNIQUE NULLS NOT DISTINCT (month, revision, by, key),
    FOREIGN KEY (month, revision) REFERENCES kpi_month
);
CREATE TRIGGER kpi_month_volume_frozen BEFORE UPDATE OR DELETE ON kpi_month_volume
    FOR EACH ROW EXECUTE FUNCTION refuse_frozen_month_change();

-- SM3 of those lines; NULL: frozen before volumes were.
ALTER TABLE kpi_month ADD COLUMN volumes_hash bytea CHECK (octet_length(volumes_hash) = 32);
