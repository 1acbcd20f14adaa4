"""A city's own regions, units and people, from files in the form of those we ship."""
