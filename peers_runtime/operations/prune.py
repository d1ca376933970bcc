"""Giving up snapshots that nothing uses any more: those that dev versions had, and what only they needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peers_runtime.model.stored import Stored

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services


def unused(services: Services) -> Sequence[Stored]:
    """What `prune` may remove now, in its order; what a process still reads, or is a minute old, stays."""
    found: list[Stored] = []
    with services.catalog.read() as reader:
        while more := reader.unused_snapshots([one.digest for one in found]):
            found += more
    return found


def prune(services: Services) -> Sequence[Stored]:
    """Remove every snapshot that nothing points at and no process may still read; answers with which.

    A version of any context points at its snapshot, packed or not, and a snapshot at those that it depends
    on. Private distributions and bytes that only these had go with them. Costs reading what each snapshot of
    the home consists of, if there is one to remove.
    """
    pruned: list[Stored] = []
    if not unused(services):
        return pruned
    with services.catalog.write() as writer:
        # Nobody can record one of them anew while this transaction is open.
        while found := writer.unused_snapshots():
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
