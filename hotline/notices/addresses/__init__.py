"""Mail addresses of many people at once, from a file."""
