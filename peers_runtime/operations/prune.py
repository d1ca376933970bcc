"""Giving up snapshots that nothing uses any more: those that dev versions had, and what only they needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.stored import Stored

if TYPE_CHECKING:
    from peers_runtime.catalog.reader import Reader
    from peers_runtime.operations.services import Services


def unused(services: Services, keep: int = 0) -> Sequence[Stored]:
    """What `prune` may remove now, in its order; what a process still reads, or is a minute old, stays.

    Raises `InvalidSetting`.
    """
    _require_count(keep)
    with services.catalog.read() as reader:
        return _spare(reader, _newest(_spare(reader), keep))


def prune(services: Services, keep: int = 0) -> Sequence[Stored]:
    """Remove every snapshot that nothing points at and no process may still read; answers with which.

    A version of any context points at its snapshot, packed or not, and a snapshot at those that it depends
    on. Of each package the newest `keep` that could go stay as well. Private distributions and bytes that
    only these had go with them. Costs reading what each snapshot of the home consists of, if there is one to
    remove. Raises `InvalidSetting` and `HomeNotWritable`.
    """
    pruned: list[Stored] = []
    if not unused(services, keep):
        return pruned
    with services.catalog.write() as writer:
        # Nobody can record one of them anew while this transaction is open.
        staying = _newest(_spare(writer), keep)
        while found := [one for one in writer.unused_snapshots() if one.digest not in staying]:
            digests = [one.digest for one in found]
            kept = set(writer.all_snapshots()).difference(digests)
            gone = set(services.snapshots.discard(digests, kept))
            for digest in gone:
                writer.remove_snapshot(digest)
            if not gone:
                break
            pruned += (
                one for one in found if one.digest in gone
            )  # and now nothing depends on what these did
    return pruned


def _spare(reader: Reader, staying: Collection[str] = ()) -> list[Stored]:
    """What nothing points at, and then what only that pointed at, while these are `staying`."""
    found: list[Stored] = []
    while more := [
        one for one in reader.unused_snapshots([one.digest for one in found]) if one.digest not in staying
    ]:
        found += more
    return found


def _newest(found: Sequence[Stored], count: int) -> frozenset[str]:
    """The digests of the last `count` of each package."""
    by_name: defaultdict[str, list[Stored]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (one.created_at, one.digest), reverse=True):
        by_name[one.name].append(one)
    return frozenset(one.digest for kept in by_name.values() for one in kept[:count])


def _require_count(keep: object) -> None:
    if not isinstance(keep, int) or isinstance(keep, bool) or keep < 0:
        raise errors.InvalidSetting(
            f"{keep!r} is no number of snapshots to keep of each package",
            hint="give a whole number, 0 or more",
            given=repr(keep),
        )
