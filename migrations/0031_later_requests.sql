-- The ticket page shows what a caller brought up again later: found by the number they named.
CREATE INDEX matter_previous ON matter (previous_ticket) WHERE previous_ticket IS NOT NULL;
