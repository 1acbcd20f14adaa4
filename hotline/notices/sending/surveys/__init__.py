"""评价短信: a text with a link to the survey page, to the citizen who is asked."""
