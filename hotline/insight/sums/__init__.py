"""Sums kept up by the jobs: what the pages read instead of counting tickets (docs/decisions/0061)."""
