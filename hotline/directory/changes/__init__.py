"""Who changed the reference data that decides where tickets go."""
