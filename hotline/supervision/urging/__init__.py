"""催办 by the citizen, and which tickets they urge so often that somebody must look (docs/rules.md C.3, 27)."""
