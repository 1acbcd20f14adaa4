"""Working days, policy packs, deadlines and why they are what they are."""
