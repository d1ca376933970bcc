"""Tries well-known distributions as private ones: two versions of each in one process.

    python -m tests.importing.side_by_side [NAME…] [--record]

Wheels come from the index that pip is configured for, once, into `.venvs/`. Each trial has a process of its
own; at the end, all that worked are used in turns in one process. Prints a table; exits with 1 when a result
is not what `trials` expects. With `--record`, what was found is written to `docs/_render/distributions.json`,
from which the reference of private distributions is rendered.
"""

from __future__ import annotations

import ast
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.importing.side_by_side import fetching
from tests.importing.side_by_side.trials import TRIALS, USES, Trial

RECORD = fetching.ROOT / "docs" / "_render" / "distributions.json"
_TIMEOUT_S = 3600
_AT_ONCE = os.cpu_count() or 1


def main(arguments: list[str]) -> int:
    wanted = [each for each in arguments if each != "--record"]
    unknown = set(wanted) - {trial.name for trial in TRIALS}
    if unknown or (wanted and "--record" in arguments):
        sys.stderr.write(
            f"usage: python -m tests.importing.side_by_side [NAME…] or --record {unknown or ''}\n"
        )
        return 2
    trials = [trial for trial in TRIALS if not wanted or trial.name in wanted]
    for trial in trials:
        for version in trial.versions:
            fetching.wheels(trial.name, version, trial.needs(version))
    found = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for trial, answer in zip(trials, pool.map(_tried, trials), strict=True):
            found.append({**_described(trial), **answer})
            sys.stdout.write("".join(f"{line}\n" for line in _lines(trial, answer)))
            sys.stdout.flush()
    working = [each["name"] for each in found if each["result"] in ("works", "in part")]
    together = _run("together", *working)
    sys.stdout.write(f"all at once: {together['realms']} realms, {together['trouble'] or 'no trouble'}\n")
    if "--record" in arguments:
        described = [_recorded(each) for each in found]
        data = {"python": platform.python_version(), "distributions": described, "together": together}
        RECORD.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        sys.stdout.write(f"recorded in {RECORD.relative_to(fetching.ROOT)}\n")
    unexpected = [each for each, trial in zip(found, trials, strict=True) if each["result"] != trial.expected]
    return 1 if unexpected or together["trouble"] else 0


def _described(trial: Trial) -> dict[str, Any]:
    source = ast.parse((USES / trial.use).read_text(encoding="utf-8"))
    return {
        "name": trial.name,
        "versions": trial.versions,
        "shared": trial.shared,
        "use": (ast.get_docstring(source) or "").removesuffix("."),
        "remark": trial.remark,
    }


def _recorded(found: Mapping[str, Any]) -> dict[str, Any]:
    """Without tracebacks, which tell of the folders of one machine."""
    sides = [
        {**{name: told for name, told in side.items() if name != "used"}, "faults": sorted(side["faults"])}
        for side in found["sides"]
    ]
    return {**{name: told for name, told in found.items() if name != "mixed"}, "sides": sides}


def _tried(trial: Trial) -> dict[str, Any]:
    return _run("alone", trial.name)


def _run(program: str, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", f"tests.importing.side_by_side.{program}", *arguments]
    run = subprocess.run(
        command, cwd=fetching.ROOT, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )
    if run.returncode or not run.stdout:
        raise RuntimeError(f"{' '.join(command)} failed:\n{run.stderr}")
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def _lines(trial: Trial, answer: Mapping[str, Any]) -> Iterator[str]:
    surprise = "" if answer["result"] == trial.expected else f"  (expected: {trial.expected})"
    yield f"{trial.name:<26}{' and '.join(trial.versions):<32}{answer['result']}{surprise}"
    troubles: Sequence[str] = [answer["refused"], *answer["mixed"]]
    for side in answer["sides"]:
        troubles = [*troubles, side["used"], *(f"{name}: {why}" for name, why in side["faults"].items())]
    if surprise:
        yield from (f"    {trouble}" for trouble in troubles if trouble)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
