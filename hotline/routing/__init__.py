"""Which unit, and why."""
