"""How long a host with a million objects stands still while a version is reloaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.families import Effort
from benchmarks.following import Watching, python
from benchmarks.rows import Figure, Row, growth, nine_of_ten

_FEW, _MANY = 10_000, 1_000_000
_NOTE = (
    "How much later than every millisecond a thread gets its turn, from an edit until 0.3 s after its "
    "answer. Beside it: while another thread runs plain Python for 20 ms, which holds the interpreter for "
    "5 ms at a time."
)
_COLLECTION_NOTE = (
    "The longest of all generations, as gc.callbacks sees it; what the host holds is a million lists."
)


def rows(folder: Path, effort: Effort) -> Iterator[Row]:
    samples: dict[int, list[dict[str, float]]] = {_FEW: [], _MANY: []}
    with ExitStack() as running:
        hosts = {}
        for objects in samples:
            at = folder / f"objects-{objects}"
            at.mkdir()
            command = python("ticking", str(at / "home"), str(objects))
            hosts[objects] = running.enter_context(Watching(at, "plain", command).ready())
            for _ in range(2):
                hosts[objects].edit()
        for _ in range(effort.rounds(16)):
            for objects, host in hosts.items():
                samples[objects].append(dict(host.edit()))

    def figure(part: str, objects: int = _MANY) -> Figure:
        return Figure.of([sample[part] for sample in samples[objects]])

    for part, what, reference, name, goal, note in (
        ("pause", "longest pause of a host during a reload", "busy", "plain Python beside it", 0.005, _NOTE),
        ("collection", "longest collection in it", "full", "before the first reload", None, _COLLECTION_NOTE),
    ):
        yield Row(
            key=f"reload-{part}",
            what=f"{what}, {_MANY:,} objects",
            ours=figure(part),
            reference=figure(reference),
            reference_name=name,
            ratio=figure(part).median / figure(reference).median,
            goal=goal,
            goal_of="ours",
            growth=growth({objects: figure(part, objects).median for objects in samples}, "objects"),
            note=f"{note} p90: {nine_of_ten([sample[part] for sample in samples[_MANY]])}.",
        )
