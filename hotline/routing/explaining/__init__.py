"""为什么: what speaks for a suggestion, tickets like it that are finished, rulings, and what would change it."""
