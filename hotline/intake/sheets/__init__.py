"""Files of rows that somebody uploads: worksheets and CSV."""
