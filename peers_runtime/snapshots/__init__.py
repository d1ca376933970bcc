"""Snapshots: what a package is made of, named by its digest, kept, and given back verified.

What one is made of; `projects` reads it:

- `source`: the files of a package and what is said of them, and the checks that every source passes.
- `private`: a distribution that a package carries itself.
- `requirements`: Python distributions that a package needs, in one spelling.
- `capture`: a source and its evaluated definition become a manifest, whose id is the digest of all of it.
- `layout`: which files belong to a package and which modules they are.

Keeping, light enough for a first import:

- `store`: snapshots in a home; what a realm reads.
- `ready`: snapshots ready in memory.
- `shared`: where homes exchange snapshots.
- `draft`: a source in memory, read like a snapshot before it is kept, or without ever being one.
- `shared_code`: code objects that the versions of one working copy share.
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
