"""What packages contribute, checked when a version is captured and called once it is active.

Captured, the author's objects become data:

- `definition`: `evaluate` runs a package's definition, routes, UIs and hooks module once.
- `author`: running the package's code for it, and whose fault an error is.
- `describing`: one function per kind of contribution, from the author's object to its record.
- `references`: between objects and `"module:name"`.
- `schemas`: JSON Schemas of models, under the names that their authors gave.

Active, the data leads back to the author's objects, which are imported on first use:

- `ports`: what this room needs from the one above.
- `routes`: do the props fit, what does `is_match` say (on the way to a host's first route, so light).
- `uis`: loading and calling a UI, or the error card in its place; `markup` is either as HTML.
- `tools`: the tools of a set of versions, and calling them in a context; `loaded_tools` are theirs.
- `stopping`: whether a running tool should stop.
- `calls`: calls of tools through an executor, in this process or another; `channel` is the file between them.
- `components`: those that a UI can show in itself, of packages that its own depends on.
- `tool_context`: what a tool, and a UI, gets as `ctx`.
- `tables`: the tables of a set of versions, and their rows in a context; `table_changes`: of these rows.
- `observables`: the observables of a set of versions, and their values in a context.
- `events`: the events of a set of versions, and telling of them in a context.
- `channels`: values and subscribers of a context, which outlive the versions.
- `loading`: from data back to the author's own object.
- `variables`: the variables of a set of versions, and their values in a context.
- `app_navs`: launcher entries (light, too).
- `names`: ids are unique in a context, names within a package.
- `workflows`: the workflows of a set of versions, and running them in a context; `runs` is one run of one.
- `assistants`: the assistants of a set of versions, and asking them; `runners`: which tools can do that.
- `conflicts`: every id has one owner.
- `acceptance`: does data fit a JSON Schema; `fitting`: what is seen at a glance.
- `models`: does data fit an author's pydantic model.
- `subscribers`: callbacks that want to hear of something.
- `lines`: the line of a package's own that an error came through.
- `hearing`: whose a subscription is, and whose model what is told comes in.
- `belongings`: what a version's code has subscribed to, which goes with it (light, too).
- `interrupts`: is an error the host's own business, or a package's failure.
- `loops`: running what is async for a caller that is not.

Hooks go through pluggy:

- `hookspecs`: the hooks of peers itself.
- `registry`: one pluggy manager per project for a set of versions.
- `stubs`: stand-ins for implementations that have not been imported yet.
- `declared`: a definition's data as implementations of peers' own hooks.
"""
