"""What became of what the router said: returns as evidence, its precision and recall by unit and week."""
