"""The category tree as an administrator changes it, one category at a time."""
