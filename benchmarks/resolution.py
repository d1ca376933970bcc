"""Which version each of a thousand packages uses, beside a loop that takes the greatest one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from benchmarks.families import Effort
from benchmarks.rows import Row, growth
from benchmarks.timing import interleave, once
from peers_runtime.base import ids
from peers_runtime.model.catalog import Package, PackageVersion, VersionTag
from peers_runtime.model.versions import precedence
from peers_runtime.rules import resolution

_COUNTS = (1, 10, 100, 1000)  # versions of each package
_DISTINCT = 20  # packages that have records of their own; the others have theirs again, to spare memory
_CONTEXT = "acme"
_AT = "2026-01-01T00:00:00.000+00:00"
_NOTE = (
    "All versions are stable and the context, set to the oldest, follows them, so the newest is chosen, with "
    "a reason for each. The reference is max(…) by the same order. Versions were parsed before, in both."
)


def rows(effort: Effort) -> Iterator[Row]:
    packages = 100 if effort.quick else 1000
    sides: dict[str, Callable[[], float]] = {}
    for count in _COUNTS:
        known = [_package(number, count) for number in range(_DISTINCT)]
        _check(known)
        sides[f"ours {count}"] = once(partial(_resolve, known, packages))
        sides[f"loop {count}"] = once(partial(_greatest, known, packages))
    found = interleave(sides, effort.rounds(8))
    costs = {count: found.figure(f"ours {count}").median for count in _COUNTS}
    for count in _COUNTS:
        yield Row(
            key=f"resolution-{count}",
            what=f"resolve {packages:,} packages with {count:,} version{'s' * (count > 1)} each",
            ours=found.figure(f"ours {count}"),
            reference=found.figure(f"loop {count}"),
            reference_name="the greatest by a loop",
            ratio=found.ratio(f"ours {count}", f"loop {count}"),
            growth=growth(costs, "versions"),
            note=_NOTE,
        )


_Known = tuple[Package, Sequence[PackageVersion]]


def _resolve(known: Sequence[_Known], packages: int) -> None:
    for number in range(packages):
        package, versions = known[number % _DISTINCT]
        resolution.resolve(package, versions, None, "group", "desk", None)


def _greatest(known: Sequence[_Known], packages: int) -> None:
    for number in range(packages):
        _, versions = known[number % _DISTINCT]
        max(versions, key=lambda one: precedence(one.version))


def _check(known: Sequence[_Known]) -> None:
    for package, versions in known:
        found = resolution.resolve(package, versions, None, "group", "desk", None).version
        if found is not max(versions, key=lambda one: precedence(one.version)):
            raise RuntimeError(f"{found} is not the greatest")


def _package(number: int, count: int) -> _Known:
    package_id = ids.make(0, number)
    versions = [
        PackageVersion(
            package_version_id=f"{package_id}@{minor}",
            context_id=_CONTEXT,
            package_id=package_id,
            name=f"package_{number}",
            version=f"1.{minor}.0",
            version_tag=VersionTag.STABLE,
            snapshot_digest=f"{number * count + minor:064x}",
            created_by="ada",
            created_at=_AT,
        )
        for minor in range(count)
    ]
    package = Package(
        context_id=_CONTEXT,
        package_id=package_id,
        name=f"package_{number}",
        created_by="ada",
        active_version_id=versions[0].package_version_id,
    )
    return package, versions
