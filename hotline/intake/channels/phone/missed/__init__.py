"""漏接回拨: citizens who called and were not answered, to be called back."""
