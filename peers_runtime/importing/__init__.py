"""Several versions of one package in one process. The only home of `sys.meta_path` and `sys.modules`.

A *realm* is one loaded package version: its own modules, its private distributions, and its way of
importing. What a realm is made of comes in as data (`lock`) and bytes (`ports`); nothing here knows of
contexts, catalogs or snapshots.

- `lock`: one realm's closure as data, its digest and its tag.
- `names`: `peers_packages.<tag>.<logical>`, and back to what the author wrote.
- `ports`: the bytes a realm reads, as a Protocol.
- `current`: the ContextVar that facades dispatch by.
- `interpreter`: everything that rests on CPython: planted builtins, import frames, import statements.
- `contents`: which file of which snapshot or distribution a module is.
- `override`: the `__import__` of a realm's code.
- `loader`: what `__loader__` and `__spec__` of a realm's modules are.
- `realm`: one loaded package version.
- `facade`: what `import notes` gives to host code.
- `finder`: the one finder; it counts realms, and manages the names that have facades.
- `resources`: data files of a realm's packages, for `importlib.resources`.
- `standins`: the few standard library modules that take module names, as realm code sees them.
- `unload`: dropping a realm, the table of purges, and the proof.
- `holders`: who still holds what should have been freed.
"""
