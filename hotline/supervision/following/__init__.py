"""After the list: what became of last week's items, and what came back on leaders' instructions."""
