"""`peers demo`: two versions of one package, live in one process, each context with its own.

- `performance`: the whole demo: a home, a runtime, all scenes, and everything taken away again.
- `play`: what all scenes share.
- `scenes`: what is shown, scene by scene; ordinary use of a runtime by a host.
- `dev_scenes`: what `--dev` shows: a package is edited, broken and mended while it serves.
- `release_scenes`: what `--release` shows: a version goes from one device to another, and back.
- `furnished`: what the console shows besides.
- `edited`: the copy of a sample that is edited there.
- `host_code`: the few lines of host code that the demo shows and runs.
- `hookspecs`: the hook that this host offers to packages.
- `samples`: where the sample packages lie, and a wheel of one of them.
- `stage`: what a scene can put on the terminal, and plain text for where there is none.
- `drawn`: the same stage, drawn by rich.
- `cold_start`: a start in a process of its own, timed from outside.
- `imported`: which modules of packages this process has imported so far.
"""
