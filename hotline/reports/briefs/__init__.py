"""热线专报: one topic, its numbers, causes and advice, for leadership to decide on."""
