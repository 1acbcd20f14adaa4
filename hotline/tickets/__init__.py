"""The heart: ticket, assignment tree, overlays, and the one history they all write."""
