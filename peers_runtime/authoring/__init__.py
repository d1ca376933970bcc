"""What package authors write with; all of it is imported from `peers_runtime` itself.

- `package`: `define_package`, and the `pkg` that a definition fills in.
- `tools`: `tool` makes a function a tool of the package.
- `tables`: `Table` declares rows that the package stores.
- `places`: where in the author's files something is written, for errors that say so.
"""
