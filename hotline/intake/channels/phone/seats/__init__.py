"""座席: which telephone is in which state, and who sits there."""
