"""评价页: the page on which citizens themselves say how it was."""
