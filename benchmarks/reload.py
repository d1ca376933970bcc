"""From an edit to its answer: this project's dev loop beside the least that is possible, and its peers.

One module of twenty is edited, in a project of their own for each of them; in every round each is measured
once. Seconds are of the clock on the wall, see `following`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

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
    hmr,
    jurigged,
    python,
    uvicorn,
)
from benchmarks.rows import Figure, Row, growth, nine_of_ten

KINDS = ("plain", "pydantic")
MANY = 2_000  # files in the project, of which MODULES are imported
_MUST_BE_SEEN = ("floor", "ours", "alone", "many")
_FIRST = 2  # edits that do not count: they pay for what is made once
_MOST_UNSEEN = 3  # edits, before a side is left alone
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
    "waiting for quiet counts as settling. Nobody asks meanwhile, as nobody does beside F2."
)
_NOTIFY_NOTE = (
    "From the beginning of saving; and up to 2 ms, or a turn of the interpreter, until asked again."
)


def rows(effort: Effort) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        for kind in KINDS:
            yield from _Family(kind, Path(name), effort).rows()
        yield from pauses.rows(Path(name), effort)


class _Rounds:
    """Seconds by `side part`, round by round; an edit that a side did not see has none."""

    def __init__(self) -> None:
        self.rounds: list[dict[str, float]] = []
        self.unseen: dict[str, list[str]] = {}  # why, edit by edit

    def add(self, sides: Mapping[str, Follower], first: int) -> None:
        """One edit of each side, this one first."""
        names = list(sides)
        found: dict[str, float] = {}
        for side in names[first:] + names[:first]:
            if len(self.unseen.get(side, ())) < _MOST_UNSEEN:
                try:
                    took = _with_sums(side, sides[side].edit())
                except Unmeasured as reason:
                    self.unseen.setdefault(side, []).append(str(reason))
                else:
                    found |= {f"{side} {part}": seconds for part, seconds in took.items()}
        self.rounds.append(found)

    def samples(self, key: str) -> list[float]:
        return [found[key] for found in self.rounds if key in found]

    def figure(self, key: str) -> Figure:
        return Figure.of(self.samples(key))

    def ratio(self, key: str, to: str) -> float:
        """The median over the rounds that have both."""
        return median(found[key] / found[to] for found in self.rounds if key in found and to in found)


class _Family:
    """The rows of one kind of package."""

    def __init__(self, kind: str, folder: Path, effort: Effort) -> None:
        self._kind = kind
        self._folder = folder / kind
        self._effort = effort
        self._hmr = ""

    def rows(self) -> Iterator[Row]:
        self._found = self._measured()
        for side in _MUST_BE_SEEN:
            if reasons := self._found.unseen.get(side):
                raise RuntimeError(f"{len(reasons)} edits were not seen ({side}): {reasons[0]}")
        yield from self._beside_least()
        yield from self._parts()
        for side, name, goal, note in _PEERS:
            yield self._beside_peer(side, name, goal, note)
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
            "alone work",
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
                f"{'alone' if part in _WORK else 'ours'} {part}",
                references.get(part),
                note=_NOTIFY_NOTE if part == "notify" else "",
            )

    def _beside_peer(self, side: str, name: str, goal: float | None, note: str) -> Row:
        what = f"edit → active, 20 {self._kind} modules, end to end"
        unseen = self._found.unseen.get(side, [])
        if not self._found.samples(f"{side} all"):
            return self._row(side, what, "ours all", note=f"{name} could not be measured: {unseen[0]}.")
        if unseen:
            note += f" {len(unseen)} of {_FIRST + len(self._found.rounds)} edits it did not see: {unseen[0]}."
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
        tenths = [f"p90: {nine_of_ten(samples(ours))}"]
        if beside is not None:
            tenths.append(nine_of_ten(samples(beside[0])))
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

    def _measured(self) -> _Rounds:
        found = _Rounds()
        with ExitStack() as running:
            sides: dict[str, Follower] = {}
            for side, make in self._makers().items():
                (self._folder / side).mkdir(parents=True)
                try:
                    sides[side] = running.enter_context(make(self._folder / side))
                except Unmeasured as reason:
                    found.unseen[side] = [str(reason)]
            for side in list(sides):
                try:
                    sides[side].ready()
                except Unmeasured as reason:
                    found.unseen[side] = [str(reason)]
                    del sides[side]
            for number in range(_FIRST + self._effort.rounds(32)):
                found.add(sides, number % len(sides))
        del found.rounds[:_FIRST]
        return found

    def _makers(self) -> Mapping[str, Callable[[Path], Follower]]:
        kind = self._kind
        more = edited.beside(OWN, MANY - edited.MODULES)
        return {
            "floor": lambda at: Watching(at, kind, python("floor", edited.edited_path(OWN))),
            "ours": lambda at: Watching(at, kind, python("watched", str(at / "home"))),
            "alone": lambda at: Watching(at, kind, python("watched", str(at / "home"), "alone")),
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
    if side in ("ours", "alone", "many"):
        return {**took, "work": sum(took[part] for part in _WORK)}
    return took
