"""话务指标 of docs/rules.md E.3, 1 to 5 and 7: what the telephone did, counted beside the tickets."""
