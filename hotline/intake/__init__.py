"""How a citizen's words become a ticket."""
