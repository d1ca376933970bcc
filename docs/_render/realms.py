"""The page of realms: what works and what cannot, as the realm suite found it.

`python tests/importing/interpreters.py --record` runs the suite on every CPython of a machine and writes
`realms.json`; this renders it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RECORD = Path(__file__).with_name("realms.json")
GROUPS = {
    "imports": "Import statements",
    "names": "Functions that take names of modules",
    "files": "Files and metadata",
    "types": "Classes, annotations, the language at large",
    "pickling": "Pickling",
    "inspection": "Sources, tracebacks, debuggers",
    "logging": "Logging",
    "concurrency": "Threads, tasks, generators",
    "dependencies": "Private, shared and locked dependencies",
}

INTRODUCTION = """\
# Realms: what works, what cannot

A realm is one loaded package version. Package code is ordinary Python, and two versions of it run side by
side in one process. Each line below is a test in `tests/importing/features/`, which checks version 1 and
version 2 in one process; this page is rendered from what those tests said.

They ran on CPython {interpreters}. `make test` runs them on every CPython from 3.11 on that it finds.
"""

LIMITS = """\
## What cannot work

Each of these is a test as well: it shows the limit.

"""


def page() -> str:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    interpreters: list[str] = recorded["interpreters"]
    parts = [INTRODUCTION.format(interpreters=_listed(interpreters))]
    for group, title in GROUPS.items():
        parts.append(f"## {title}\n\n" + _lines(recorded, group))
    parts.append(LIMITS + _lines(recorded, "cannot"))
    return "\n".join(parts)


def _lines(recorded: dict[str, Any], group: str) -> str:
    return "".join(
        f"- {feature['title']}{_exceptions(feature['works'], recorded['interpreters'])}\n"
        for feature in recorded["features"]
        if feature["group"] == group
    )


def _exceptions(works: list[str], interpreters: list[str]) -> str:
    missing = [each for each in interpreters if each not in works]
    return f" (**not on {_listed(missing)}**)" if missing else ""


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
