"""The page of errors: families first, then every code under its area."""

from __future__ import annotations

import ast
import re

from docs._render import source
from peers_runtime.base import remarks

INTRODUCTION = """\
# Errors

Every error is a `peers_runtime.PeersError`. It has a stable `code`, a `message` that says what is wrong and
where, a `hint` with the next step, and `facts` for programs. `peers explain CODE` prints what stands here.
In the documentation that `make docs` builds, each code leads to a page of its own: what is printed, where it
is met, and which exit code the command line has then.

The family says whose move it is.

| family | meaning |
|---|---|
"""
REMARKS = """\
## Remarks

What `peers check` says of a project although nothing is refused for it.
"""


def page() -> str:
    introduction = source.explanation(source.module("peers_runtime.base.errors").tree)
    classes = [
        node
        for name in ("families", "code_errors", "host_errors", "run_errors", "store_errors")
        for node in source.module(f"peers_runtime.base.{name}").tree.body
        if isinstance(node, ast.ClassDef)
    ]
    codes = {node.name: code for node in classes if (code := _code(node)) not in ("", "P0000")}
    families = {node.name: node for node in classes if not _code(node)}
    areas = dict(re.findall(r"(\d\d) ([a-z][a-zA-Z ]+)", " ".join(introduction.split())))
    rows = [f"| `{name}` | {source.explanation(node)} |\n" for name, node in families.items()]
    parts = [INTRODUCTION + "".join(rows)]
    area = ""
    for node in classes:
        if node.name not in codes:
            continue
        code = codes[node.name]
        if code[1:3] != area:
            area = code[1:3]
            parts.append(f"## {area} {areas[area]}\n")
        bases = ", ".join(f"`{ast.unparse(base)}`" for base in node.bases)
        parts.append(f"### {code} {node.name}\n\n{bases}\n\n{source.explanation(node)}\n")
    parts.append(REMARKS)
    parts += [f"### {one.code} {one.name}\n\n{one.explanation}\n" for one in remarks.KINDS]
    return "\n".join(parts)


def _code(node: ast.ClassDef) -> str:
    for item in node.body:
        if isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == "code":
            return str(ast.literal_eval(item.value))
    return ""
