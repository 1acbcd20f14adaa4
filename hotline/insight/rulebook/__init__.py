"""考核办法 as the city has set it, version by version."""
