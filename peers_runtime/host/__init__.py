"""The composition root: from settings to a `Runtime`.

- `runtime`: `Runtime`, what a host application holds; each method is one operation.
- `storage`: the rooms below the engine, each built when it is first needed.
- `workers`: what worker processes need: which home to open, and the realms that are known.
"""
