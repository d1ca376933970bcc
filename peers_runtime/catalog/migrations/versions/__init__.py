"""One Alembic revision per file, oldest first.

- `r0001_first`: contexts, members, packages, versions, snapshots, preferences, activations, changes.
- `r0003_lifecycle`: what is followed, pinned, held and yanked; members as a chain of changes; signatures;
  frozen shapes.
- `r0004_packed`: what was packed in a context, the numbers of its components, what snapshots depend on.
- `r0006_variables`: the values of variables.
"""
