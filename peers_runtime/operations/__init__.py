"""What can be done: one function per act, used by every door.

An act that changes what is active is a plan first: it reads, decides, and says what it would write and
what would be live then. Applying it prepares the engine, records the outcome in one transaction and
switches; a failure at any step leaves everything as it was.

- `services`: what the acts work with.
- `access`: who may do what; finding contexts, packages and versions by what a person calls them.
- `capture`: a source as a snapshot: read, evaluated in a realm of its own, described.
- `closure`: what a version is loaded from.
- `facts`: what the catalog says of one package in one context.
- `plan`: what an act would change, of one package or several, and making it so; `writing`: its rows;
  `decide`: that as an answer, also of a dry run.
- `effects`: what differs between two states, in words.
- `signing`: what is written, signed by who acts.
- `before`: what a package that is about to be made is compared with.
- `components`: their status in a working copy, and what was published of them.
- `going_back`: a component of a working copy becomes a published version of it again; `published`: which
  there are.
- `bundled`: what a host ships, and what of it a home takes.
- `install`, `pack`, `provide`, `promote`, `activate`, `follow`, `publishing`: the acts on packages.
- `earlier`: what a package can be rolled back to.
- `arriving`: rows of released versions that come from elsewhere.
- `new`: a project from a template. `check`: all that is wrong with one; `placing`: where in its files.
- `own_tests`: running those of a project. `explain`: what a code means.
- `dependencies`: what a project depends on, resolved and locked; `needed`: the packages among it.
- `members`, `contexts`, `inspect`: those on contexts, and looking.
- `assets`: the files that a package's UIs name.
- `contracts`: who provides and consumes what in a context, and whom it chooses; `unserved`: who has nobody.
- `graph`: who needs whom in a context; `drawing`: that as SVG.
- `variables`: reading and setting one, where its scope is kept.
- `runs`: beginning a run of a workflow, taking one up, and carrying it on; `steps`: one step of it.
- `types`: what a contract's consumers are typed by, written or compared with what is there.
- `diff`: comparing two versions of a package, wherever they are.
- `reload`: the dev loop's act, the other way round: live in memory first, then recorded.
- `prune`: giving up snapshots of dev versions that nothing uses any more.
- `tidy`: removing what killed processes were about to put in place.
- `faults`: where an author should look when something of a package has failed.
"""
