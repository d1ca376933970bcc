"""The page of hooks that peers_runtime itself calls."""

from __future__ import annotations

import ast

from docs._render import source

INTRODUCTION = """\
# Hooks

A host adds hooks of its own with `runtime.add_hookspecs(module, project_name="…")`; packages implement them
with the marker `pluggy.HookimplMarker("…")` of that name. The hooks below belong to peers_runtime: a package
implements them with `pluggy.HookimplMarker("peers")`.
"""


def page() -> str:
    module = source.module("peers_runtime.contributions.hookspecs")
    parts = [INTRODUCTION]
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            code = f"```text\n{source.signature(node)}\n```"
            parts.append(f"## {node.name}\n\n{code}\n\n{source.explanation(node)}\n")
    return "\n".join(parts)
