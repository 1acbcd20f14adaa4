-- Where a check counts anew beside the sums (docs/decisions/0061); empty between two checks, and lost with the power.
CREATE UNLOGGED TABLE kpi_counted (LIKE kpi_day);
