"""The 12345 hotline: a citizen's request from the first word to the last callback."""
