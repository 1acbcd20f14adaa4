"""地名库: the names of a city's estates, roads, rivers, schools and stops, as its own lists have them."""
