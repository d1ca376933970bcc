"""The pages of the reference that are rendered from the code; `python -m docs._render [--check]`.

- `source`: reading classes and functions from a module's source, without importing it.
- `errors`: every error with its code, family and explanation.
- `error_pages`: a page for each error, made with the site by `building` and not kept; `messages` reads from
  the source what is said where an error is made.
- `api`: what a host and an author use, with signatures and docstrings.
- `hooks`: the hooks that peers_runtime itself calls.
- `lifecycle`: the rules of the lifecycle, from the tables that are tested.
- `realms`: what works in a realm and what cannot, from the recorded run of the realm suite.
- `cli`: every command with its help.
- `picture`: the picture of the demo in README, drawn on demand and not checked; `screens` are the console's.
"""
