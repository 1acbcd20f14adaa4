"""改判: what people decided otherwise than was suggested, with what they had been shown, looked at again and learned from."""
