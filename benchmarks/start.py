"""Start to first matched route, the interpreter included, and the memory that is resident then."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from benchmarks import cache, homes, packages, processes, sites
from benchmarks.families import Effort
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave

COUNTS = (50, 200, 1000)
GOAL = 1.5
_HELP_GOAL_S = 0.15
_HELP = "from peers_runtime.cli.main import main; main()"  # as the installed script does
_BESIDE = {
    "bare": "bare Python, which does nothing",
    "plain_import": "plain import of all routes modules",
    "metadata": "importlib.metadata, the owner's routes imported",
    "stevedore_manager": "stevedore",
    "pluggy_eager": "pluggy, eager",
    "npe2_manifests": "npe2, JSON manifests",
}


def rows(effort: Effort) -> Iterator[Row]:
    measured = {count: _measure(count, effort) for count in COUNTS}
    times = {count: found.times for count, found in measured.items()}
    beside = {count: found.beside for count, found in measured.items()}
    for program, name, ending in (
        ("json_index", "one JSON index of objects, digest checked", ""),
        ("compact_index", "one JSON index of rows, digest checked", "-compact"),
    ):
        for count in COUNTS:
            yield Row(
                key=f"start-{count}{ending}",
                what=f"start to first matched route, {count} packages of three modules",
                ours=times[count].figure("runtime"),
                reference=times[count].figure(program),
                reference_name=name,
                ratio=times[count].ratio("runtime", program),
                goal=GOAL,
                growth=_growth(times, "runtime"),
                note="A new process each time, without site, until it writes its answer. A loader written by "
                "hand would keep objects; rows are as compact as our own index.",
            )
    for program, name in _BESIDE.items():
        for count in COUNTS:
            yield Row(
                key=f"start-{count}-{program}",
                what=f"the same, {count} packages",
                ours=beside[count].figure("runtime"),
                reference=beside[count].figure(program),
                reference_name=name,
                ratio=beside[count].ratio("runtime", program),
                growth=f"theirs {_growth(beside, program)}",
            )
    most = max(COUNTS)
    for kind in ("resident", "peak"):
        memory = {count: getattr(found, kind) for count, found in measured.items()}
        ours = {count: found.figure("runtime").median for count, found in memory.items()}
        yield Row(
            key=f"start-memory-{kind}",
            what=f"memory after that start, {most} packages ({kind})",
            ours=memory[most].figure("runtime"),
            reference=memory[most].figure("json_index"),
            reference_name="one JSON index of objects, digest checked",
            ratio=memory[most].ratio("runtime", "json_index"),
            goal=GOAL,
            growth=growth(ours, "packages"),
            note=f"Bare Python takes {memory[most].figure('bare')}.",
        )

    yield _help(effort)


def _help(effort: Effort) -> Row:
    words = {"help": ("-c", _HELP, "--help"), "click": ("-c", "import click")}
    sides = {side: partial(processes.processor, *options) for side, options in words.items()}
    for side in sides.values():  # writes bytecode
        side()
    found = interleave(sides, effort.rounds(16))
    return Row(
        key="start-help",
        what="`peers --help`",
        ours=found.figure("help"),
        reference=found.figure("click"),
        reference_name="import of click",
        ratio=found.ratio("help", "click"),
        goal=_HELP_GOAL_S,
        goal_of="ours",
        note="The processor's time of a new process.",
    )


@dataclass(frozen=True)
class _Measured:
    times: Comparison
    beside: Comparison
    resident: Comparison
    peak: Comparison


def _measure(count: int, effort: Effort) -> _Measured:
    """The main two in many rounds; then the others in fewer, ours among them again."""
    number = count // 2
    path, expected = f"{packages.name(number)}/settings", packages.ui_ids(number)[1]
    libraries = sysconfig.get_paths()["purelib"]
    arguments = {
        "runtime": (str(cache.ROOT), str(homes.home(count)), path),
        "json_index": (str(sites.index(count)), path),
        "compact_index": (str(sites.compact_index(count)), path),
        "bare": (expected,),
        "plain_import": (str(sites.plain(count)), path),
        "metadata": (str(sites.plain(count)), path),
        "stevedore_manager": (str(sites.plain(count)), libraries, path),
        "pluggy_eager": (str(sites.pluggy(count)), libraries, path),
        "npe2_manifests": (str(sites.npe2(count)), libraries, path),
    }
    starts: dict[str, list[processes.Start]] = {program: [] for program in arguments}

    def one(program: str) -> float:
        start = processes.start(program, *arguments[program], expected=expected)
        starts[program].append(start)
        return start.seconds

    sides = {program: partial(one, program) for program in arguments}
    for program in arguments:  # writes bytecode and warms the file system's cache
        one(program)
    main = {program: sides[program] for program in ("runtime", "json_index", "compact_index", "bare")}
    times = interleave(main, effort.rounds(24))
    beside = interleave(sides, effort.rounds(6))
    memory = {program: starts[program][1:] for program in main}
    return _Measured(
        times,
        beside,
        Comparison({program: [start.resident for start in memory[program]] for program in main}, "B"),
        Comparison({program: [start.peak for start in memory[program]] for program in main}, "B"),
    )


def _growth(times: Mapping[int, Comparison], program: str) -> str:
    return growth({count: found.figure(program).median for count, found in times.items()}, "packages")
