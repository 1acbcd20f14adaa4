"""回访核查: signs that a rating was not the citizen's free word, for a person to look at."""
