"""移交: tickets follow the directory when units are merged or moved, and people leave."""
