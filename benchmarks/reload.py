"""From an edit to its answer: this project's dev loop beside the least that is possible, and its peers.

One module of twenty is edited, in a project of their own for each of them; in every round each is measured
once. Seconds are of the clock on the wall, see `following`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import edited, interpreters, pauses
from benchmarks.families import Effort
from benchmarks.following import (
    OWN,
    Asked,
    Follower,
    Rerun,
    Served,
    Unmeasured,
    Watching,
    attempt,
    hmr,
    jurigged,
    python,
    uvicorn,
)
from benchmarks.rows import Row, growth, nine_of_ten
from benchmarks.timing import Comparison

KINDS = ("plain", "pydantic")
MANY = 2_000  # files in the project, of which MODULES are imported
_WORK = ("capture", "compile", "execute", "check", "switch")
_PEERS = (
    ("uvicorn", "uvicorn --reload", 0.1, "Asked on loopback until its new process answers."),
    ("hmr", "hmr", 0.4, "Its script runs again up to the new answer."),
    ("jurigged", "jurigged", None, "It changes functions where they are; module code does not run again."),
    ("autoreload", "IPython's %autoreload 2", None, "It looks when a cell runs, here at once."),
)
_LEAST_NOTE = (
    "The clock on the wall. F1: inotify's notice, reading and compiling the one file of 300 lines; F2: and "
    "executing all modules from ready code objects, checking and undoing nothing. Saving is in the notice."
)
_WORK_NOTE = (
    "Capture, compile, execute, check and switch, against F2 without its notice. What is compiled while "
    "waiting for quiet counts as settling."
)


def rows(effort: Effort) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        for kind in KINDS:
            yield from _Family(kind, Path(name), effort).rows()
        yield from pauses.rows(Path(name), effort)


@dataclass(frozen=True)
class _Samples:
    """Seconds by `side part`, and why a side has none."""

    comparison: Comparison
    missing: Mapping[str, str]


class _Family:
    """The rows of one kind of package."""

    def __init__(self, kind: str, folder: Path, effort: Effort) -> None:
        self._kind = kind
        self._folder = folder / kind
        self._effort = effort
        self._hmr = ""

    def rows(self) -> Iterator[Row]:
        found = self._measured()
        if reason := found.missing.get("ours") or found.missing.get("floor") or found.missing.get("many"):
            raise RuntimeError(f"the dev loop could not be measured: {reason}")
        self._found = found.comparison
        yield from self._beside_least()
        yield from self._parts()
        for side, name, goal, note in _PEERS:
            yield self._beside_peer(side, name, goal, note, found.missing.get(side))
        yield self._row(
            "files",
            f"edit → active, 20 {self._kind} modules, in a project of {MANY:,} files",
            "many all",
            ("ours all", f"in a project of {edited.MODULES} files"),
            note="All files are watched; the same twenty modules are imported, and one is edited.",
        )

    def _beside_least(self) -> Iterator[Row]:
        yield self._row(
            "work",
            f"edit → active, 20 {self._kind} modules, after notification and settling",
            "ours work",
            ("floor work", "F2 without its notice"),
            1.15,
            note=_WORK_NOTE,
        )
        for floor, all_of, note in (("f1", "F1", _LEAST_NOTE), ("f2", "F2", "")):
            yield self._row(
                floor,
                f"edit → active, 20 {self._kind} modules, end to end",
                "ours all",
                (f"floor {floor}", all_of),
                note=note,
            )

    def _parts(self) -> Iterator[Row]:
        references = {
            "notify": ("floor notify", "inotify alone"),
            "capture": ("floor read", "reading the one file"),
            "compile": ("floor compile", "compiling the one file"),
            "execute": ("floor execute", "executing all from ready code"),
        }
        for part in ("notify", "settle", *_WORK, "keep"):
            after = ", after the switch" if part == "keep" else ""
            yield self._row(
                part,
                f"of which {part}{after} ({self._kind})",
                f"ours {part}",
                references.get(part),
            )

    def _beside_peer(self, side: str, name: str, goal: float | None, note: str, missing: str | None) -> Row:
        what = f"edit → active, 20 {self._kind} modules, end to end"
        if missing is not None:
            return self._row(side, what, "ours all", note=f"{name} could not be measured: {missing}.")
        if side == "hmr":
            name = f"hmr on CPython {interpreters.version(self._hmr)}"
        return self._row(side, what, "ours all", (f"{side} all", name), goal, note)

    def _row(
        self,
        key: str,
        what: str,
        ours: str,
        beside: tuple[str, str] | None = None,
        goal: float | None = None,
        note: str = "",
    ) -> Row:
        samples = self._found.samples
        part = ours.partition(" ")[2]
        tenths = [f"p90: {nine_of_ten(samples[ours])}"]
        if beside is not None:
            tenths.append(nine_of_ten(samples[beside[0]]))
        return Row(
            key=f"reload-{key}-{self._kind}",
            what=what,
            ours=self._found.figure(ours),
            reference=self._found.figure(beside[0]) if beside is not None else None,
            reference_name=beside[1] if beside is not None else "",
            ratio=self._found.ratio(ours, beside[0]) if beside is not None else None,
            goal=goal,
            growth=growth(
                {
                    edited.MODULES: self._found.figure(f"ours {part}").median,
                    MANY: self._found.figure(f"many {part}").median,
                },
                "files",
            ),
            note=f"{note} {' beside '.join(tenths)}.".strip(),
        )

    def _measured(self) -> _Samples:
        missing: dict[str, str] = {}
        samples: dict[str, list[float]] = {}
        with ExitStack() as running:
            sides: dict[str, Follower] = {}
            for side, make in self._makers().items():
                (self._folder / side).mkdir(parents=True)
                made = attempt(partial(make, self._folder / side))
                if isinstance(made, str):
                    missing[side] = made
                else:
                    sides[side] = running.enter_context(made)
            for number in range(self._effort.rounds(32)):
                first = number % len(sides)
                for side in [*sides][first:] + [*sides][:first]:
                    try:
                        took = _with_sums(side, sides[side].edit())
                    except Unmeasured as reason:
                        missing[side] = str(reason)
                        del sides[side]
                        continue
                    for part, seconds in took.items():
                        samples.setdefault(f"{side} {part}", []).append(seconds)
        return _Samples(Comparison(samples), missing)

    def _makers(self) -> Mapping[str, Callable[[Path], Follower]]:
        kind = self._kind
        more = edited.beside(OWN, MANY - edited.MODULES)
        return {
            "floor": lambda at: Watching(at, kind, python("floor", edited.edited_path(OWN))),
            "ours": lambda at: Watching(at, kind, python("watched", str(at / "home"))),
            "many": lambda at: Watching(at, kind, python("watched", str(at / "home")), more),
            "uvicorn": lambda at: Served(at, kind, uvicorn()),
            "hmr": lambda at: Rerun(at, kind, hmr(self._interpreter())),
            "jurigged": lambda at: Watching(at, kind, jurigged()),
            "autoreload": lambda at: Asked(at, kind, python("shell")),
        }

    def _interpreter(self) -> str:
        self._hmr = interpreters.with_hmr(make=not self._effort.quick)
        return self._hmr


def _with_sums(side: str, took: Mapping[str, float]) -> Mapping[str, float]:
    if side == "floor":
        f1 = took["notify"] + took["read"] + took["compile"]
        work = took["read"] + took["compile"] + took["execute"]
        return {**took, "f1": f1, "f2": f1 + took["execute"], "work": work}
    if side in ("ours", "many"):
        return {**took, "work": sum(took[part] for part in _WORK)}
    return took
