"""What is promised to be fast, measured beside its reference in the same run.

Run by `python -m benchmarks [NAME…]`, or `make bench`. A family of rows is one module with a function
`rows(effort)`; each runs in a process of its own.

- `__main__`: the command line; runs the families and shows one table.
- `alone`: runs one family, in a process started for it, and writes its rows as JSON.
- `families`: which families there are, and how much each measures.
- `rows`: a row of the table, and the figures in it.
- `table`: rows as plain text, on a terminal, as Markdown.
- `timing`: interleaved rounds in one process.
- `processes`: whole starts, the interpreter included, and their memory.
- `packages`: generated packages: three modules with routes; twenty or two hundred modules.
- `real`: packages whose modules are copies of the standard library's.
- `cache`: folders that are made once and used by later runs.
- `homes`: true homes with many packages.
- `sites`: the same packages as installed distributions, for the references.
- `stored`: snapshots in a home, and the realms made from them.
- `least`: the least that an import can cost on importlib.
- `edited`: a package of twenty modules that is edited, plain or with pydantic models.
- `following`: processes that follow it, and what an edit takes until its answer changes.
- `followers`: what those processes run, one module per way of following.
- `interpreters`: an interpreter that has hmr.
- `pauses`: how long a host stands still while a version is reloaded.
- `statements`: an experiment, compiling a changed module with its unchanged bodies left out.
- `postponed`: an experiment, executing a module only when it is first asked for.
- `starters`: what the measured processes run, one module per way of starting.

The families:

- `start`: start to first matched route; memory after it.
- `first_import`: a version's modules for the first time.
- `second_version`: a version of which one module has changed.
- `access`: facades, the activation object, entering a context.
- `warm_imports`: import statements in a realm, and what the finder costs everybody else.
- `sharing`: two versions that share code objects, called in turns, and one after the other.
- `hooks`: hook calls.
- `contexts`: switching, and memory with ten thousand contexts.
- `piecewise`: compiling and executing less after an edit, which decision record 7 rejects.
- `propagation`: how soon other processes and devices see a switch, and what looking for one costs.
- `reload`: from an edit to its answer, beside uvicorn --reload, hmr, jurigged and IPython's autoreload.
- `tables`: rows of packages' tables.
- `packing`: packing and installing a thousand files; what fifty versions take.
"""
