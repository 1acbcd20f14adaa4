"""People at their desks: accounts, roles, deputies, and the log of who was given what."""
