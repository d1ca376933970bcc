"""The door for MCP clients, which lend a context's tools to language models; the extra `[mcp]`.

Home of the official SDK of the Model Context Protocol, and of anyio, which that is made of. A client speaks
with one context, for one actor, from beginning to end: each request is authorised anew, and nothing of
another context can be named. Both ways of the protocol are served: sessions that begin with a handshake, and
requests that stand alone.

- `names`: what a tool is called by clients.
- `tools`: the tools of a context as clients see them, and calling one.
- `announcing`: telling clients that those they see have changed, then and only then.
- `server`: what the SDK serves, for one context and actor.
- `threads`: waiting for what blocks.
- `stdio`: one client, through a process's own streams.
- `http`: any number of clients, below an address for each context.
- `extra`: what is said without the SDK.
- `entries`: what clients' settings have to say to find us.
"""
