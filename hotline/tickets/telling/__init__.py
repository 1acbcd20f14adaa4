"""告知: which lines of the history somebody must hear of."""
