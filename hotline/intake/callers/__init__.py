"""来电人: who is calling from this number, and what we owe them."""
