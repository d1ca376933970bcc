"""One Alembic revision per file, oldest first.

- `r0001_first`: contexts, members, packages, versions, snapshots, preferences, activations, changes.
- `r0002_lifecycle`: what is followed, pinned, held and yanked; signatures; frozen shapes.
"""
