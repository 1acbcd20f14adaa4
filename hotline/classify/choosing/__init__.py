"""Which model answers: registered, promoted, taken back."""
