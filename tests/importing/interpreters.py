"""Runs the tests of realms, compiled code and snapshots' ids on every CPython of this machine, from 3.11 on.

    python tests/importing/interpreters.py [--record]

Each interpreter gets a virtual environment under `.venvs/`, which is kept. Prints a table; exits with 1
when anything failed. With `--record`, what worked where is written to `docs/_render/realms.json`, from
which the reference of realms is rendered.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ROOT / ".venvs"
RECORD = ROOT / "docs" / "_render" / "realms.json"
REQUIREMENTS = ("coverage>=7.10", "pytest>=9.0", "pytest-timeout>=2.4")
OPTIONS = (
    *("-q", "--no-header", "-p", "no:cacheprovider", "tests/importing"),
    *("tests/snapshots/test_code.py", "tests/host/test_one_id.py"),
    "--ignore=tests/importing/test_side_by_side.py",  # fetches dozens of distributions
    "--ignore=tests/importing/test_reference.py",  # judges what this writes
)
OLDEST = (3, 11)
NEWEST_MINOR = 20

DESCRIBE = """
import json, sys, sysconfig
print(json.dumps([sys.implementation.name, list(sys.version_info), sys.base_prefix,
                  bool(sysconfig.get_config_var("Py_GIL_DISABLED"))]))
"""


class Interpreter(NamedTuple):
    version: str  # "3.12.1", "3.15.0a3"
    executable: str


class Outcome(NamedTuple):
    interpreter: Interpreter
    worked: dict[tuple[str, str], bool]  # by group and title; empty when nothing could be run
    problem: str  # what went wrong, as it was printed; empty when all is well
    seconds: float


def main(arguments: Sequence[str]) -> int:
    if arguments not in ([], ["--record"]):
        sys.stderr.write("usage: python tests/importing/interpreters.py [--record]\n")
        return 2
    sys.path.insert(0, str(ROOT))
    from tests.importing import distributions

    found = find()
    for name, version in distributions.NEEDED:
        distributions.unpacked(name, version)
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, found))
    sys.stdout.write(table(outcomes))
    failed = [outcome for outcome in outcomes if outcome.problem]
    for outcome in failed:
        sys.stdout.write(f"\n── CPython {outcome.interpreter.version} ──\n{outcome.problem}\n")
    if arguments:
        RECORD.write_text(record(outcomes), encoding="utf-8")
        sys.stdout.write(f"recorded in {RECORD.relative_to(ROOT)}\n")
    return 1 if failed or not found else 0


def find() -> list[Interpreter]:
    """Each CPython once, oldest first. Builds without the interpreter lock are left out."""
    found: dict[tuple[str, str], Interpreter] = {}
    order: dict[Interpreter, list[object]] = {}
    for executable in sorted(set(_candidates())):
        try:
            told = subprocess.run([executable, "-c", DESCRIBE], capture_output=True, timeout=30, check=True)
        except (OSError, subprocess.SubprocessError):
            continue  # a shim of a version that is not installed, say
        name, (*numbers, level, serial), prefix, free_threaded = json.loads(told.stdout)
        if name != "cpython" or tuple(numbers) < OLDEST or free_threaded:
            continue
        version = ".".join(map(str, numbers))
        version += "" if level == "final" else f"{level[0].replace('c', 'rc')}{serial}"
        interpreter = found.setdefault((version, prefix), Interpreter(version, executable))
        order[interpreter] = [*numbers, level, serial]
    return sorted(
        {each.version: each for each in found.values()}.values(), key=lambda each: _key(order[each])
    )


def run(interpreter: Interpreter) -> Outcome:
    start = time.perf_counter()
    results = ENVIRONMENTS / f"realms-{interpreter.version}.json"
    results.unlink(missing_ok=True)
    problem = ""
    try:
        python = environment(interpreter)
        tested = subprocess.run(
            [python, "-m", "pytest", *OPTIONS],
            cwd=ROOT,
            env={**os.environ, "PEERS_REALM_RESULTS": str(results), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        if tested.returncode:
            problem = tested.stdout[-6000:] + tested.stderr[-2000:]
    except subprocess.SubprocessError as error:
        output = getattr(error, "stderr", None) or b""
        problem = f"{error}\n{output.decode(errors='replace') if isinstance(output, bytes) else output}"
    worked = {}
    if results.exists():
        lines = json.loads(results.read_text(encoding="utf-8"))
        worked = {(group, title): good for group, title, good in lines}
    return Outcome(interpreter, worked, problem, time.perf_counter() - start)


def environment(interpreter: Interpreter) -> str:
    """The Python of the interpreter's own virtual environment, which is made when it is not there yet."""
    from tests.importing import distributions

    folder = ENVIRONMENTS / f"realms-{interpreter.version}"
    python = str(folder / "bin" / "python")
    ready = folder / ".ready"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = ("--editable", str(ROOT), *REQUIREMENTS)
    wanted = "\n".join((interpreter.executable, *project["dependencies"], *installed))
    if ready.exists() and ready.read_text(encoding="utf-8") == wanted:
        return python
    uv = distributions.uv()
    if uv:
        _do([uv, "venv", "--quiet", "--clear", "--python", interpreter.executable, str(folder)])
        _do([uv, "pip", "install", "--quiet", "--python", python, *installed])
    else:
        _do([interpreter.executable, "-m", "venv", "--clear", str(folder)])
        _do([python, "-m", "pip", "install", "--quiet", *installed])
    ready.write_text(wanted, encoding="utf-8")
    return python


def table(outcomes: Sequence[Outcome]) -> str:
    lines = [f"{'CPython':<12}{'features':>12}{'limits':>10}{'seconds':>10}\n"]
    for outcome in outcomes:
        limits = [good for (group, _), good in outcome.worked.items() if group == "cannot"]
        features = [good for (group, _), good in outcome.worked.items() if group != "cannot"]
        lines.append(
            f"{outcome.interpreter.version:<12}{f'{sum(features)} of {len(features)}':>12}"
            f"{f'{sum(limits)} of {len(limits)}':>10}{outcome.seconds:>10.1f}"
            f"  {'failed' if outcome.problem else 'all tests passed'}\n"
        )
    return "".join(lines) if outcomes else "no CPython from 3.11 on was found\n"


def record(outcomes: Sequence[Outcome]) -> str:
    """What worked on which interpreter, in the order of the tests."""
    ran = [outcome for outcome in outcomes if outcome.worked]
    lines = dict.fromkeys(line for outcome in ran for line in outcome.worked)
    features = [
        {
            "group": group,
            "title": title,
            "works": [outcome.interpreter.version for outcome in ran if outcome.worked.get((group, title))],
        }
        for group, title in lines
    ]
    interpreters = [outcome.interpreter.version for outcome in ran]
    return (
        json.dumps({"interpreters": interpreters, "features": features}, indent=1, ensure_ascii=False) + "\n"
    )


def _candidates() -> Iterator[str]:
    names = [f"python3.{minor}" for minor in range(OLDEST[1], NEWEST_MINOR)]
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += [Path("/usr/bin"), Path("/usr/local/bin"), Path("/opt/homebrew/bin")]
    for root in {os.environ.get("PYENV_ROOT", ""), str(Path.home() / ".pyenv")} - {""}:
        folders += sorted(Path(root).glob("versions/*/bin"))
    for folder in dict.fromkeys(folders):
        for name in names:
            if os.access(folder / name, os.X_OK):
                yield str(folder / name)


def _key(parts: Sequence[object]) -> tuple[tuple[int, str], ...]:
    """Sorts numbers as numbers and words as words."""
    return tuple((part, "") if isinstance(part, int) else (0, str(part)) for part in parts)


def _do(command: Sequence[str]) -> None:
    subprocess.run(command, capture_output=True, timeout=600, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
