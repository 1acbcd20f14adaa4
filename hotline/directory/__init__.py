"""Who exists: units, people, roles, accounts, regions."""
