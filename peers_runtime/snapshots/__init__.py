"""Snapshots: what a package is made of, read, named by its digest, kept, and given back verified.

Reading, for an install:

- `sources`: a folder, a wheel or an installed distribution becomes a `Source`.
- `working_copy`, `wheels`, `distributions`: the three ways a package arrives.
- `survey`: the files of a working copy, as one look finds them.
- `private`: a wheel of somebody else's that a package carries itself.
- `packed`: a packed wheel, whose manifest tells what it must hold.
- `archive`: the strict ZIP archive of a packed wheel, read as hostile and written.
- `archive_headers`: how its headers are spelled.
- `entry_names`: which names its entries may have.
- `record`: its RECORD, made and verified.
- `refusals`: by which rule a wheel is refused.
- `projects`: what a project's pyproject.toml says.
- `source`: the record, and the checks that every source passes.
- `settings`: `[tool.peers]` of a project.
- `environment`: the distributions that the host shares with packages.
- `requirements`: Python distributions that a package needs, in one spelling.
- `lock_files`: peers.lock of a project; `project_files`: that and pyproject.toml, read and written.
- `ranges`: which versions of another package a project asks for.
- `package_index`: what requirements resolve to, and the wheels themselves.
- `rewriting`: files of a working copy, replaced and removed together.
- `packing`: a project becomes a packed wheel; `core_metadata`: what that says of its distribution.
- `left_out`: what of a folder does not get into its package.
- `wheel_files`: packed wheels on the disk, whole and never replaced.
- `capture`: a source and its evaluated definition become a manifest, whose id is the digest of all of it.

Keeping, light enough for a first import:

- `store`: snapshots in a home; what a realm reads.
- `shared`: where homes exchange snapshots.
- `draft`: a source in memory, read like a snapshot before it is kept, or without ever being one.
- `shared_code`: code objects that the versions of one working copy share.
- `layout`: which files belong to a package and which modules they are.
- `ready`: snapshots ready in memory.
- `blobs`: bytes by digest; `contents`: the content of each snapshot, kept among them.
- `listing`: what the content of a snapshot names; `abouts`: what no digest covers.
- `trees`: the files of snapshots laid out in folders.
- `code`: compiled code, one file per snapshot and interpreter, which names others for what these hold;
  `code_files`: such a file, mapped, and the seals in it.
- `interpreter`: what this room knows of CPython.
- `closures`: what each loaded realm was made of, for worker processes.
- `claims`: which snapshots of working copies a process may still read.
- `disk`: writing files whole or not at all.
"""
