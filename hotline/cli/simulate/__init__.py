"""`hotline simulate`: months of a city's work that never happened, for measuring and for trying out."""
