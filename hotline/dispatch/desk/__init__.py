"""派单台: the pool, claims, what a dispatcher reads before deciding."""
