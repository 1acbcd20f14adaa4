"""Numbered events, pushed."""
