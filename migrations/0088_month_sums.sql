-- The sums of whole months beside those of days (docs/decisions/0061): a year's page reads twelve rows of a group where it read 365.
CREATE TABLE kpi_month_sum (
    by          text NOT NULL,
    month       date NOT NULL, -- its first day
    measure     kpi_measure NOT NULL,
    key         text NOT NULL,
    numerator   integer NOT NULL,
    denominator integer NOT NULL,
    excluded    integer NOT NULL,
    PRIMARY KEY (by, month, measure, key)
);
INSERT INTO kpi_month_sum
SELECT by, date_trunc('month', day)::date, measure, key, sum(numerator), sum(denominator), sum(excluded)
  FROM kpi_day GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
