"""What a person would mark in a text, learned from texts that persons marked."""
