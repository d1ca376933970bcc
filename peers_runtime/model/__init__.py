"""Frozen records: what a value is, said once, with its type.

- `wire`: the base of every record; Python names inside, camelCase on the wire.
- `contributions`: what an author declares as data: `Route`, `UI`, `AppNav`.
- `manifest`: what a snapshot says about itself, so that no package code runs at a host's start.
- `variables`: in which scope a value is kept, and how somebody finds it.
- `workflows`: what a package says of workflows and assistants, and what is kept of a run.
- `assistants`: what the tool that answers for an assistant is asked and answers.
- `stored`: a snapshot as a home keeps it.
- `resolved`: a version as whoever uses it gets it.
- `catalog`: contexts, members, packages, versions and their history.
- `components`: what was published of components, and how the next package changes that.
- `dependencies`: what a project depends on, and what is locked.
- `packed`: a packed wheel, and how it differs from the release before it.
- `differences`: what differs between two versions of a package.
- `contracts`: a contract as a context sees it; `graph`: who needs whom.
- `generated`: what was generated from a contract, file by file.
- `projects`: a project that was made from a template, what is wrong with one, and how its tests went.
- `decision`: what an act decided, and what changes by it.
- `active`: the light records a host starts from; slots only, no third-party imports.
- `diagnostic`: something that went wrong and is listed until it is mended.
- `reload`: what the dev loop says of one change.
- `modules`: where a module's source lies.
- `versions`: Semantic Versions, their order and their one-to-one form in wheels.
"""
