"""Giving up snapshots that were a dev version's, and that nothing uses any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services


def prune(services: Services) -> Sequence[str]:
    """Remove every snapshot that no version points at and no process may still read; answers with which.

    Costs reading what each snapshot of the home consists of, if there is one to remove.
    """
    with services.catalog.read() as reader:
        if not reader.unused_snapshots():
            return ()
    pruned: list[str] = []
    with services.catalog.write() as writer:
        # Nobody can record one of them anew while this transaction is open.
        while unused := writer.unused_snapshots():
            kept = set(writer.all_snapshots()).difference(unused)
            gone = services.snapshots.discard(unused, kept)
            for digest in gone:
                writer.remove_snapshot(digest)
            if not gone:
                break
            pruned += gone  # and now nothing depends on what these did
    return pruned
