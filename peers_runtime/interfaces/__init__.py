"""What a consumer of a contract writes against, as source text: from a shape, and from nothing else.

- `shapes`: a contract's shape as an interface: its members, and the types that they speak of.
- `reading`: a JSON Schema as types.
- `types`: the types that both languages can say.
- `names`: names of classes and files that are safe in both languages, each once.
- `python`, `typescript`: an interface as text.
- `texts`: what both languages write alike.
"""
