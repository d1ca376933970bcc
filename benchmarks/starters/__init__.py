"""What the measured processes run: from nothing to a first matched route, one module per way.

Each is imported by a bare interpreter as a top-level module, with its bytecode at hand, and imports only
what its way needs. `main` answers with the id of the UI that the route leads to.

- `answered`: says that the answer is there, and what memory it took.
- `runtime`: this project.
- `json_index`: the reference: one JSON file with all routes, its digest checked.
- `compact_index`: the same with rows instead of objects, as compact as this project's index.
- `bare`: nothing; what the interpreter itself costs.
- `plain_import`: every package's routes module is imported.
- `metadata`: the entry points of all installed distributions are searched.
- `stevedore_manager`: stevedore loads every plugin.
- `pluggy_eager`: pluggy loads every plugin and asks its hook.
- `npe2_manifests`: npe2 reads every plugin's JSON manifest.
"""
