"""Urging, supervising, difficult tickets."""
