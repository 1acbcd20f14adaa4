"""Each night: learn from what people have settled, compare with the model in use, keep the numbers by which it is watched."""
