"""日报: the day as whoever is on duty hands it over."""
