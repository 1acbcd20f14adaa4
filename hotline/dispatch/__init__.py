"""Sending, returning, ruling, merging."""
