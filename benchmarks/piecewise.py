"""Two ideas that decision record 7 rejects: compiling only what has changed of a module, and executing an
unaffected module only when it is first asked for.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import CodeType

from benchmarks import edited, packages, real, statements
from benchmarks.families import Effort
from benchmarks.postponed import Modules
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave, once
from peers_runtime.dev.changes import Changes
from peers_runtime.projects.working_copy import WorkingCopy

_OWN = "shop"
_SIZES = (1, 4, 10)  # how often the edited module's 300 lines stand in one file
_PATIENCE_S = 10.0
_REST_S = 0.03  # between two saves, so that they are not settled as one

Compile = Callable[[bytes], object]


def rows(effort: Effort) -> Iterator[Row]:
    lines = {times: _module(times, 0).count(b"\n") for times in _SIZES}
    compiling = {times: _compiling(times, effort.rounds(40)) for times in _SIZES}
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        settling = {times: _settling(Path(name) / str(times), times, effort.rounds(24)) for times in _SIZES}
    for times in _SIZES:
        yield _row(
            f"piecewise-compile-{times}",
            f"compiling a module of {lines[times]:,} lines of which one has changed, in pieces",
            compiling[times],
            ("pieces", "whole"),
            "compiling it whole",
            note="The code is equal to that of a whole compile.",
        )
    for times in _SIZES:
        nothing = settling[times].figure("nothing")
        yield _row(
            f"piecewise-settled-{times}",
            f"save → settled, {lines[times]:,} lines compiled meanwhile in pieces",
            settling[times],
            ("pieces", "whole"),
            "compiled whole",
            note=f"The clock on the wall. Nothing compiled meanwhile: {nothing}.",
        )
    yield _row(
        "piecewise-known",
        f"remembering the pieces of a module of {lines[1]:,} lines after a reload",
        compiling[1],
        ("known", "whole"),
        "compiling it whole",
        {times: compiling[times].figure("known").median for times in _SIZES},
    )
    for kind, files, changed in (
        ("plain", edited.modules(_OWN, "plain"), edited.edited_path(_OWN)),
        ("pydantic", edited.modules(_OWN, "pydantic"), edited.edited_path(_OWN)),
        ("small", packages.many_modules(_OWN, 20), f"{_OWN}/part018.py"),
        ("real", real.email_modules(_OWN), f"{_OWN}/errors.py"),
    ):
        yield _postponed(kind, Modules(files), changed.removesuffix(".py").replace("/", "."), effort)


def _row(
    key: str,
    what: str,
    found: Comparison,
    sides: tuple[str, str],
    reference_name: str,
    costs: Mapping[int, float] | None = None,
    note: str = "",
) -> Row:
    return Row(
        key=key,
        what=what,
        ours=found.figure(sides[0]),
        reference=found.figure(sides[1]),
        reference_name=reference_name,
        ratio=found.ratio(*sides),
        growth=growth(costs, "lines") if costs else "",
        note=note,
    )


def _module(times: int, edit: int) -> bytes:
    """The edited module with all but its imports as often as asked; only the last line knows the edit."""
    first, last = (edited.edited(_OWN, "plain", number) for number in (0, edit))
    imports, _, content = first.partition("\n\n\n")
    return "\n\n\n".join([imports, *[content] * (times - 1), last.partition("\n\n\n")[2]]).encode()


def _compiling(times: int, rounds: int) -> Comparison:
    old, new = _module(times, 0), _module(times, 1)
    code = _whole(old)
    known = statements.Known(old, code)
    if statements.compiled(new, _OWN, known) is None:
        raise RuntimeError("the edited module cannot be compiled in pieces")
    return interleave(
        {
            "pieces": once(lambda: statements.compiled(new, _OWN, known)),
            "whole": once(lambda: _whole(new)),
            "known": once(lambda: statements.Known(old, code)),
        },
        rounds,
    )


def _settling(folder: Path, times: int, rounds: int) -> Comparison:
    project = edited.write(folder, edited.modules(_OWN, "plain"))
    path = project / edited.edited_path(_OWN)
    path.write_bytes(_module(times, 0))
    known = statements.Known(_module(times, 0), _whole(_module(times, 0)))
    sides: Mapping[str, Compile] = {
        "pieces": lambda source: statements.compiled(source, _OWN, known),
        "whole": _whole,
        "nothing": len,
    }
    chosen: list[Compile] = []
    tree = WorkingCopy(project)
    tree.read()
    changes = Changes(tree, peek=lambda name: chosen[-1](Path(name).read_bytes()))
    edits = iter(range(1, rounds * len(sides) + 1))

    def save(compile_: Compile) -> float:
        chosen.append(compile_)
        source = _module(times, next(edits))
        time.sleep(_REST_S)  # as an author does between two saves
        start = time.monotonic()
        path.write_bytes(source)
        settled = changes.next(_PATIENCE_S)
        if settled is None:
            raise RuntimeError("a save was not seen")
        return settled.settled_at - start

    try:
        return interleave({name: partial(save, each) for name, each in sides.items()}, rounds)
    finally:
        changes.close()


def _postponed(kind: str, modules: Modules, changed: str, effort: Effort) -> Row:
    main = f"{_OWN}.main"
    unaffected = modules.unaffected(changed) - {_OWN}
    load = partial(_load, modules, main)
    load(set())  # what is shared with the host is imported by now
    found = interleave(
        {"postponed": once(partial(load, unaffected)), "fresh": once(partial(load, set()))}, effort.rounds(24)
    )
    load(unaffected)
    ran = len(modules.executed)
    return Row(
        key=f"postponed-{kind}",
        what=f"executing {len(modules.sources)} {kind} modules, unaffected ones postponed",
        ours=found.figure("postponed"),
        reference=found.figure("fresh"),
        reference_name="all of them",
        ratio=found.ratio("postponed", "fresh"),
        note=f"{len(unaffected)} are unaffected by the change, {ran} ran at once; "
        f"{len(modules.harmless() & unaffected)} can be seen to do nothing but make functions and constants.",
    )


def _load(modules: Modules, main: str, postponed: set[str]) -> None:
    with modules.loaded(main, postponed):
        pass


def _whole(source: bytes) -> CodeType:
    return compile(source, _OWN, "exec", dont_inherit=True)
