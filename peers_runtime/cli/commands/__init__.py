"""One module per family of commands; each command turns its words into calls of the runtime and answers.

- `contexts`: list and create data contexts.
- `packages`: install, list, show, versions, activate, disable, uninstall.
- `development`: dev.
- `routes`: list, match, explain.
- `tools`: list, show, run.
- `inspection`: doctor, explain, id.
- `demonstration`: demo.
"""
