"""The page of hooks that belong to peers_runtime itself."""

from __future__ import annotations

import ast

from docs._render import source

INTRODUCTION = """\
# Hooks

A host adds hooks of its own with `runtime.add_hookspecs(module, project_name="…")`; packages implement them
with `pluggy.HookimplMarker` of that project name, in the module that `pkg.hooks` names. The hooks below
belong to peers_runtime, project name `peers`.
"""
LIFE = """\
## The life of a version

Packages implement these.
"""
CONTRIBUTIONS = """\
## What is contributed

Every active version answers these from its definition, as data; no package code is imported. A host calls
them with `ctx.hook`.
"""


def page() -> str:
    module = source.module("peers_runtime.contributions.hookspecs")
    names = _names_of_life(module)
    hooks = [
        node
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    life = [_entry(module, node) for node in hooks if node.name in names]
    rest = [_entry(module, node) for node in hooks if node.name not in names]
    return "\n".join([INTRODUCTION, LIFE, *life, CONTRIBUTIONS, *rest])


def _entry(module: source.Module, node: ast.FunctionDef) -> str:
    first = any("firstresult=True" in ast.unparse(decorator) for decorator in node.decorator_list)
    more = "\n\nThe first answer that is not None is the result." if first else ""
    return f"### {node.name}\n\n```text\n{module.signature(node)}\n```\n\n{source.explanation(node)}{more}\n"


def _names_of_life(module: source.Module) -> set[str]:
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LIFE":
            return set(ast.literal_eval(node.value))
    raise LookupError(f"{module.name} has no LIFE")
