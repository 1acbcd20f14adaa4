"""The category tree of this city."""
