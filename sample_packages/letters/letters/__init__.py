"""Letters in Markdown; the parser is a private distribution, locked in peers.lock."""
