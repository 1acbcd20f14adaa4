-- A ruling is cited by its number, 裁定先例 2026-017: the seventeenth of its year.
ALTER TABLE precedent ADD COLUMN year integer, ADD COLUMN number integer;
UPDATE precedent p SET (year, number) = (n.year, n.number)
  FROM (SELECT ticket_id, seq, extract(year FROM at AT TIME ZONE 'Asia/Shanghai')::integer AS year,
               row_number() OVER (PARTITION BY extract(year FROM at AT TIME ZONE 'Asia/Shanghai')
                                  ORDER BY at, ticket_id, seq) AS number
          FROM precedent) n
 WHERE (p.ticket_id, p.seq) = (n.ticket_id, n.seq);
ALTER TABLE precedent ALTER COLUMN year SET NOT NULL, ALTER COLUMN number SET NOT NULL;

-- A row a year, counted up under its own lock: a sequence would leave a gap after every rollback.
CREATE TABLE precedent_number (
    year integer PRIMARY KEY,
    last integer NOT NULL CHECK (last > 0)
);
INSERT INTO precedent_number SELECT year, max(number) FROM precedent GROUP BY year;

-- Routing reads rulings together with the catalogue, and keeps both under one mark.
CREATE TRIGGER precedent_changed AFTER INSERT OR UPDATE OR DELETE ON precedent
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
