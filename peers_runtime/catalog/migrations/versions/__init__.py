"""One Alembic revision per file, oldest first.

- `r0001_first`: contexts, members, packages, versions, snapshots, preferences, activations, changes.
"""
