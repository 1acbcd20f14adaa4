"""Pages of tickets, as lists show them."""
