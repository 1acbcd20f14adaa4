"""批示分解: a leader's words, the units' tasks, what came back, and how much of it is done."""
