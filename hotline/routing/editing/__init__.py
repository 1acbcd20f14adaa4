"""The 派单目录 as it is kept by hand: looked through, added to, changed from a day on, ended."""
