"""Fills a slot of the package board, and lies over every screen."""
