"""电话链路: whether a telephone system is heard, and which process listens to it."""
