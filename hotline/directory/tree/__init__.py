"""Units over time: merged, moved, renamed, and what is remembered of it."""
