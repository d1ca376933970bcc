"""How a catalog gets from one revision of the schema to the next.

- `versions`: one Alembic revision per file, found by Alembic and never imported by our code. A revision
  that was released is never changed.
"""
