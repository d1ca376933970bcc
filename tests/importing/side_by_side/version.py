"""One version of a distribution in a realm of its own, with all that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock, Private
from peers_runtime.projects import environment
from peers_runtime.snapshots import layout
from peers_runtime.snapshots.private import PrivateDistribution
from tests.fakes.disk_bytes import DiskBytes
from tests.importing.side_by_side import stock
from tests.importing.side_by_side.stock import Failure


class Version:
    """The first of `distributions` is it; `shared` are distributions of the host.

    `use` is the source of the module that uses it, `home` a folder for its files.
    """

    def __init__(
        self, distributions: Sequence[PrivateDistribution], shared: Sequence[str], use: str, home: Path
    ) -> None:
        self.distribution, *self.beside = distributions
        self.modules = _importable(self.distribution)
        self.failed: dict[str, Failure] = {}
        self.made: list[object] = []
        self.trouble = ""  # what went wrong first in a use
        self._bytes = DiskBytes(home)
        lock = Lock(
            "trial",
            self.distribution.version,
            self._bytes.add({"trial/__init__.py": "", "trial/use.py": use}),
            private=[
                Private(one.name, one.version, self._bytes.add(one.files, one.digest), one.imports)
                for one in distributions
            ],
            declared=environment.import_names(shared) if shared else (),
        )
        self.realm = finder().acquire(lock, self._bytes, lambda code, text: None)

    def use(self) -> None:
        made, trouble = stock.used(self.realm.module)
        self.trouble = self.trouble or trouble
        if not trouble:
            self.made.append(made)

    def import_(self, name: str) -> None:
        if name in self.modules:
            self.failed.update(stock.imported([name], self.realm.module))

    def release(self) -> None:
        finder().release(self.realm, self._bytes, collect=False)


def _importable(distribution: PrivateDistribution) -> dict[str, None]:
    """Every module of it but programs, parents first."""
    return {
        name: None
        for name in layout.modules(distribution.files)
        if name.partition(".")[0] in distribution.imports and name.rpartition(".")[2] != "__main__"
    }
