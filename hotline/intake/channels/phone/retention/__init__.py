"""保存期限: recordings and the telephone's raw events are kept for a time and then removed, on record."""
