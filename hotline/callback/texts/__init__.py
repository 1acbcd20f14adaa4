"""评价短信: the survey page by a link in a text message."""
