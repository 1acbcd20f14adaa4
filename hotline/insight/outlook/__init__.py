"""What is to be expected (预估): which assignments will be late, and how long an answer takes."""
