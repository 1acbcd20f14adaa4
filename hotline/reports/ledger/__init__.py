"""台账: tickets taken out as a file, row by row, whatever their number."""
