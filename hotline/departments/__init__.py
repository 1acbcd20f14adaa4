"""What a unit does with what it was sent."""
