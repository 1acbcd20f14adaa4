"""专题 (campaigns): tickets tagged by a rule for a time, counted and reported by themselves."""
