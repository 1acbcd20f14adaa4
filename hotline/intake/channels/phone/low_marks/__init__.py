"""低评来电: who pressed 1 or 2 after a call is not forgotten; somebody looks into it."""
