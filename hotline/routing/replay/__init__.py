"""试算: last month's tickets decided again under another catalogue or threshold, before it is saved."""
