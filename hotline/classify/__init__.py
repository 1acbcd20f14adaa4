"""Which category, how sure, and why."""
