"""The page of private distributions: which well-known ones work, two versions of each in one process.

`python -m tests.importing.side_by_side --record` tries them and writes `distributions.json`; this renders it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

RECORD = Path(__file__).with_name("distributions.json")

INTRODUCTION = """\
# Private distributions, two versions side by side

A package may carry Python distributions of its own, which no other package and no other version of it sees.
{tried} well-known ones, two versions of each, were tried in one process: {counts}.

Each trial imports every module of both versions, in turns, and uses both before and after that. What fails in
stock CPython for the same reason is not counted: modules for other systems, for extras that are not there.
Then it looks whether anything of one version, or of the host, got into the other. At the end all that work
are used in turns in a single process: {realms} realms, {trouble}.

The table is from CPython {python}, made by `python -m tests.importing.side_by_side --record`, which fetches
the wheels from a package index. *Modules* are those that were imported, of the old and of the new version.
"""

TABLE = """\
| distribution | versions | modules | what was done with it | result |
|---|---|---|---|---|
"""

REFUSED = """\

## Refused

A process has a compiled module once, however many versions of a package there are. These are refused with
that reason when they are to be private; a host shares them with its packages instead.

"""


def page() -> str:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    found: Sequence[Mapping[str, Any]] = recorded["distributions"]
    together = recorded["together"]
    tried = [each for each in found if each["result"] != "refused"]
    head = INTRODUCTION.format(
        tried=len(tried),
        counts=_counts(tried),
        realms=together["realms"],
        trouble="no trouble" if not together["trouble"] else f"{len(together['trouble'])} in trouble",
        python=recorded["python"],
    )
    refused = [f"- {_named(each)}: {_reason(each)}\n" for each in found if each["result"] == "refused"]
    return "\n".join([head, TABLE + "".join(_rows(tried))]) + REFUSED + "".join(refused)


def _counts(tried: Sequence[Mapping[str, Any]]) -> str:
    results = ("works", "in part", "fails")
    words = {"works": "work", "in part": "works in part", "fails": "fail"}
    counts = {result: sum(each["result"] == result for each in tried) for result in results}
    return ", ".join(f"{counts[result]} {words[result]}" for result in results if counts[result])


def _rows(tried: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in tried:
        modules = " and ".join(str(side["modules"] - side["excused"]) for side in each["sides"])
        use = f"{each['use']}. {each['remark']}".strip()
        result = each["result"]
        faults = sum(len(side["faults"]) for side in each["sides"])
        told = f"**{result}**" if result != "works" else result
        if faults:
            told += f"; {faults} of the modules are not imported"
        yield f"| {_named(each)} | {' and '.join(each['versions'])} | {modules} | {use} | {told} |\n"


def _named(each: Mapping[str, Any]) -> str:
    shared = f" (with the host's {', '.join(each['shared'])})" if each["shared"] else ""
    return f"{each['name']}{shared}"


def _reason(each: Mapping[str, Any]) -> str:
    return f"`{each['refused'].partition(chr(10))[0]}`"
