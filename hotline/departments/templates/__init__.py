"""答复模板: the unit's, and each person's own."""
