"""What a unit owes besides its tickets: the answer to a letter, a comment before the meeting, a task out of an instruction."""
