"""What a version is loaded from, as the lock of its realm. On the way to a first import: imports little."""

from __future__ import annotations

from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock, Private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from peers_runtime.model.manifest import PrivateEntry


def lock(
    name: str,
    version: str,
    digest: str,
    shared: Sequence[str],
    private: Sequence[PrivateEntry],
    origin: str | None,
) -> Lock:
    """`shared` are the requirements that the host fulfils, `private` the distributions that come along.

    `origin` is the author's folder of a dev version. A life that has not ended: one whose code was told its
    end is not loaded again.
    """
    from peers_runtime.snapshots import environment

    declared = environment.import_names(shared, private)
    own = [Private(one.name, one.version, one.digest, one.imports) for one in private]
    return finder().living(Lock(name, version, digest, own, declared=declared, origin=origin))
