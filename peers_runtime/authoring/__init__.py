"""What package authors write with; all of it is imported from `peers_runtime` itself.

- `package`: `define_package`, and the `pkg` that a definition fills in.
- `contracts`: what a definition says of the contracts that a package provides and consumes.
- `tools`: `tool` makes a function a tool of the package.
- `tables`: `Table` declares rows that the package stores.
- `observables`: `Observable` declares a value that others read, and hear of when it changes.
- `events`: `Event` declares something that happens.
- `variables`: `Variable` declares a setting or a secret.
- `workflows`: `Workflow` declares ordered instructions, `Assistant` who answers a text.
- `places`: where in the author's files something is written, for errors that say so.
"""
