"""What was found in a project, for a terminal, for GitHub's annotations, and as SARIF 2.1.0."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from peers_runtime.cli import failures

if TYPE_CHECKING:
    from peers_runtime.model.projects import Checked, Problem

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME: Final = "SRCROOT"  # what paths in SARIF begin at: the current folder


def as_text(checked: Checked) -> list[str]:
    """As every error is drawn, and a line that counts them."""
    drawn = [failures.text_of_problem(one, shown_path(checked, one)) for one in checked.problems]
    return [*drawn, _summary(checked)]


def as_github(checked: Checked) -> list[str]:
    """Workflow commands: GitHub shows each beside its line of a pull request."""
    lines = []
    for one in checked.problems:
        properties = {
            "file": shown_path(checked, one),
            "line": str(one.line),
            "title": f"{one.code} {one.name}",
        }
        said = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items())
        text = f"{one.message}\nhelp: {one.hint}" if one.hint else one.message
        lines.append(f"::{one.severity} {said}::{_escaped(text)}")
    return [*lines, _summary(checked)]


def as_sarif(checked: Checked) -> list[str]:
    """One run as a SARIF log, for services that gather such findings."""
    from peers_runtime import __version__
    from peers_runtime.operations import explain

    known = explain.explanations()
    codes = sorted({one.code for one in checked.problems})
    rules = [
        {
            "id": code,
            "name": known[code].name,
            "shortDescription": {"text": known[code].summary},
            "fullDescription": {"text": known[code].text},
            "help": {"text": f"peers explain {code}"},
        }
        for code in codes
    ]
    driver = {"name": "peers check", "semanticVersion": __version__, "rules": rules}
    here = Path.cwd().as_uri() + "/"
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {_HOME: {"uri": here}},
                "results": [_result(checked, one, codes) for one in checked.problems],
            }
        ],
    }
    return [json.dumps(log, indent=2)]


def shown_path(checked: Checked, problem: Problem) -> str:
    """Its file as seen from the current folder; absolute where that leads up."""
    path = os.path.join(checked.folder, problem.path)
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir + os.sep) else relative


def _result(checked: Checked, problem: Problem, codes: list[str]) -> dict[str, Any]:
    path = shown_path(checked, problem)
    artifact = (
        {"uri": Path(path).as_uri()} if os.path.isabs(path) else {"uri": _uri(path), "uriBaseId": _HOME}
    )
    text = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    return {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": problem.severity,
        "message": {"text": text},
        "locations": [
            {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": problem.line}}}
        ],
    }


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.replace(os.sep, "/"))


def _summary(checked: Checked) -> str:
    what = f"{checked.name} {checked.version}" if checked.name else checked.folder
    if not checked.problems:
        return f"{what}: nothing to mend, snapshot {checked.digest}"
    warnings = len(checked.problems) - checked.errors
    counted = filter(None, [_counted(checked.errors, "error"), _counted(warnings, "warning")])
    return f"{what}: {', '.join(counted)}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""


def _escaped(text: str, also: str = "") -> str:
    return "".join(f"%{ord(one):02X}" if one in f"%\r\n{also}" else one for one in text)
