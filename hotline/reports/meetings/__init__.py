"""The consultation meeting as paper."""
