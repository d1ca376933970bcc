"""One module per family of commands; each command turns its words into calls of the runtime and answers.

- `contexts`: list and create data contexts.
- `members`: list members, and give one a role.
- `packages`: install, list, show, uninstall.
- `making`: new. `checking`: check, test.
- `packing`: pack.
- `dependencies`: deps.
- `versions`: versions, resolve.
- `comparing`: diff.
- `drafting`: draft.
- `lifecycle`: promote, activate, rollback, follow, pin, unpin, yank, disable.
- `components`: list components, and what was published of one.
- `development`: dev.
- `routes`: list, match, explain.
- `types`: types.
- `tools`: list, show, run.
- `tables`: list, show.
- `contracts`: list, show, graph, and choose a provider.
- `graph`: graph.
- `workflows`: list, show, run, and list, resume and cancel runs; `assistants`: list, ask.
- `variables`: list, get, set, reset, and the key of secrets that homes share.
- `inspection`: prune, doctor, explain, id, completion.
- `serving`: serve.
- `mcp`: mcp, and what its clients' settings need.
- `demonstration`: demo.
"""
