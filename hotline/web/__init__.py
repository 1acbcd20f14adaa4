"""Every address and its permission on one page."""
