"""The history as it was written."""
