"""Official letters as paper."""
