"""销号回访: before a difficult ticket is struck off, somebody of the centre asks the citizen."""
