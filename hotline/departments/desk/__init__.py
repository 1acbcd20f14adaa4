"""The unit's desk: what waits for whom, and within which limits something may be asked."""
