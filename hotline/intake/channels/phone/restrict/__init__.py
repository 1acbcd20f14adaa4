"""骚扰来电处置: numbers that misuse the hotline are dealt with step by step, for a time, and never where a life is at stake."""
