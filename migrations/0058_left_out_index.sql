-- What stays out of a rate is rare: the list of it would read a year of cases to find none.
CREATE INDEX kpi_case_left_out ON kpi_case (measure, at, ticket_id, item) WHERE excluded IS NOT NULL;
