"""The composition root: from settings to a `Runtime`.

- `runtime`: `Runtime`, what a host application holds.
- `acts`: its methods that act on packages, each one operation; `several`: on more than one at once.
- `projects`: those on an author's project; `looking`: its questions about packages and versions.
- `contexts`: `runtime.contexts` and `runtime.members`.
- `components`: `runtime.components`; `contracts`: `runtime.contracts`.
- `platform`: the tools that the runtime itself contributes to every context.
- `storage`: the rooms below the engine, each built when it is first needed.
- `assembling`: what the acts work with, put together of these.
- `arrivals`: what others change becomes what is live here; `news` says when there may be something.
- `listed`: what is to mend: what hosts have listed, and what is so now.
- `variables`: the values of variables, and telling who wants to hear of changes.
- `runs`: the threads in which runs of workflows go on.
- `workers`: what worker processes need: which home to open, and the realms that are known.
- `guests`: running tools for callers in other processes.
"""
