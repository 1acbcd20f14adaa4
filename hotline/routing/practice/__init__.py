"""办理惯例: what is done where the catalogue says nothing, and what the catalogue might say by what is done."""
