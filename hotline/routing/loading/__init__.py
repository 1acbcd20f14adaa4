"""A city's own 派单目录, from a file in the form of the one we ship."""
