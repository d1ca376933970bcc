"""The door for package authors' own tests: a pytest plugin; home of pytest.

- `plugin`: the fixtures `peers_runtime` and `peers_package`, which pytest finds by an entry point.
- `packages`: building a package from strings or a folder, and looking at what it does.
"""
