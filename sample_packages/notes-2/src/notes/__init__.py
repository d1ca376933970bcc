"""Notes with tags and a priority, and a search."""
