"""协商会 and what follows: comments, decisions, progress, strike-offs of a frozen list's items."""
