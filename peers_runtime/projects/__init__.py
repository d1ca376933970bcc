"""Projects: what an author writes, read wherever it comes from, locked, and packed as a wheel.

Reading, for an install; `snapshots.source` has the record that comes of it:

- `sources`: a folder, a wheel or an installed distribution becomes a `Source`.
- `working_copy`, `wheels`, `distributions`: the three ways a package arrives.
- `survey`: the files of a working copy, as one look finds them; `left_out`: which its package does not get.
- `declarations`: what a project's pyproject.toml says; `settings`: its `[tool.peers]`.
- `private_wheels`: the wheels of somebody else's that a package carries itself.
- `environment`: the distributions that the host shares with packages.

The packed wheel, read as hostile:

- `packed`: its manifest tells what it must hold.
- `archive`: the strict ZIP archive, read and written; `archive_headers`: how its headers are spelled.
- `entry_names`: which names its entries may have.
- `record`: its RECORD, made and verified.
- `refusals`: by which rule a wheel is refused.

Writing, for authors:

- `templates`: what a new project begins with, and `template_files`, which they are filled from.
- `packing`: a project becomes a packed wheel; `core_metadata`: what that says of its distribution.
- `wheel_files`: packed wheels on the disk, whole and never replaced.
- `rewriting`: files of a working copy, replaced and removed together.
- `lock_files`: peers.lock of a project; `project_files`: that and pyproject.toml, read and written.
- `ranges`: which versions of another package a project asks for.
- `package_index`: what requirements resolve to, and the wheels themselves.
"""
