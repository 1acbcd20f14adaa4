"""Measures of the work."""
