"""Programs that follow a package while it is edited, or switched elsewhere; one module per way of following.

Those that follow an edit run in the project's folder, which is on `sys.path`, and answer with one line of
JSON at a time: first when all is imported, then after each edit. A time in it is `time.monotonic()`, which
all processes of a machine share.

- `lines`: what the programs say and are told.
- `floor`: the least that an edit can cost: inotify, reading, compiling, executing.
- `watched`: this project's `Runtime.watch`.
- `served`: an application for `uvicorn --reload`.
- `patched`: a script for jurigged.
- `rerun`: a script for hmr.
- `shell`: an IPython shell with `%autoreload 2`.
- `arriving`: this project's `Runtime`, told of nothing.
- `asking`: the least that such a host can do: looking at a file, or asking for the last change.
- `ticking`: this project's `Runtime.watch` beside a million objects and a thread that ticks.
"""
