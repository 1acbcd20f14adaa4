"""A telephone system that is none: it speaks AMI as an Asterisk does, and its citizens and agents are seeded chance.

For tests, load, training and the demo city. What it says, and in which order, follows calls captured of a real one."""
