"""月通报: the month as leadership and units read it."""
