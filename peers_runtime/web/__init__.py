"""The door for browsers, and what web hosts mount: home of Starlette, Jinja2 and uvicorn; the extra `[web]`.

`web.app(runtime)` is the console as an ASGI application, `web.middleware(runtime, resolve=…)` gives each
request of a host its context; both names are fetched when they are asked for.

- `console`: `app`, and what one console is made of; `routing` is its table of addresses.
- `entering`: `middleware`.
- `guard`: which requests are looked at, and the headers that every answer has; `sessions` are who asks.
- `bodies`: what a request brings along, of a bounded size and in a bounded time.
- `ports`: what it asks of a context.
- `visit`: one request in a context: who asks, and what they may do; `addresses` are those of the pages.
- `adapter`: what a package's UI answered with, as a page's part or a response of its own.
- `screens`: a package's screen, its sub-application, its assets and its tools; `sockets` and
  `lifespans` are those of sub-applications.
- `page_contracts`: what its modules ask of contracts; `hearing` is what they are told of them.
- `mcp_clients`: a context's tools for MCP clients, by the room `mcp`.
- `pages`: what is installed, as pages.
- `acts`: what can be done with a version, each first as a preview; `several` does it with packages at once.
- `installing`: what comes from a folder, an entry point or a wheel; `uploads` keeps those that browsers send.
- `tools`: the context's tools, each with a form by `forms`; `tables`: rows; `runs`: workflows and their runs.
- `variables`: settings and secrets; `members`: who is what; `confirming` asks before either changes.
- `changes`: telling pages that something has changed, as `streaming` sends it.
- `answers`: pages from templates, and errors as pages; `hints` is how their next step looks, and `absent`
  where else that is which a context has not.
- `static`: the files that pages are shown with, under addresses that change with them.
- `serving`: a server for the console, in a thread of its own.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from peers_runtime.web.console import app
    from peers_runtime.web.entering import middleware

__all__ = ["app", "middleware"]

_HOMES = {"app": "peers_runtime.web.console", "middleware": "peers_runtime.web.entering"}

if not TYPE_CHECKING:  # a checker that saw it would take every misspelt name for a lazy one

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(__import__(_HOMES[name], fromlist=[name]), name)
        return value
