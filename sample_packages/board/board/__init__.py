"""A screen of each kind that a browser shows, with a slot for others."""
