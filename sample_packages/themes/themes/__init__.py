"""Colours for the host; no screens, only a hook."""
