"""A standard's or a city's own category tree, from its code table."""
