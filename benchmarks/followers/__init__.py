"""Programs that follow a package while it is edited, one module per way of following.

Each runs in the project's folder, which is on `sys.path`, and answers with one line of JSON at a time:
first when all is imported, then after each edit. A time in it is `time.monotonic()`, which all processes of
a machine share.

- `lines`: what the programs say and are told.
- `floor`: the least that an edit can cost: inotify, reading, compiling, executing.
- `watched`: this project's `Runtime.watch`.
- `served`: an application for `uvicorn --reload`.
- `patched`: a script for jurigged.
- `rerun`: a script for hmr.
- `shell`: an IPython shell with `%autoreload 2`.
- `ticking`: this project's `Runtime.watch` beside a million objects and a thread that ticks.
"""
