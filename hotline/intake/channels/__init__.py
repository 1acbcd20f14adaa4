"""Ways in that other machines speak: each turns what it hears into the words of our own stages."""
