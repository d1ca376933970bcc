"""What the acts work with. A host builds it once, when the first act needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from peers_runtime.activation.engine import Engine
from peers_runtime.activation.generations import Generations
from peers_runtime.catalog.diagnostics import Diagnostics
from peers_runtime.catalog.run_locks import RunLocks
from peers_runtime.catalog.store import Catalog
from peers_runtime.catalog.variables import DeviceVariables
from peers_runtime.model.diagnostic import Diagnostic
from peers_runtime.snapshots.store import SnapshotStore
from peers_runtime.trust.keys import Keys
from peers_runtime.trust.seals import Seal


@dataclass(frozen=True)
class Services:
    """One home, opened: its catalog, its snapshots and the engine that is live on it."""

    catalog: Catalog
    snapshots: SnapshotStore
    diagnostics: Diagnostics
    engine: Engine
    keys: Keys  # of actors
    publish_keys: Keys  # of packages
    device_variables: DeviceVariables
    generations: Generations  # in which runs of workflows go on that began in other versions
    run_locks: RunLocks
    home_seal: Seal  # of secrets that stay in the home
    shared_seal: Seal | None  # of those in a catalog that homes share; None: there is no key for them
    device: str
    actor: str  # who acts when an act names nobody
    now: Callable[[], datetime]  # in UTC
    new_id: Callable[[], str]

    def timestamp(self) -> str:
        """The present moment as ISO 8601 in UTC."""
        return self.now().isoformat(timespec="milliseconds")

    def report(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        subject: str = "",
        context_id: str | None = None,
        path: str | None = None,
        line: int | None = None,
        source: str = "",
    ) -> None:
        """List something that went wrong and did not stop the act."""
        self.diagnostics.report(
            Diagnostic(
                code=code,
                message=message,
                hint=hint,
                subject=subject,
                context_id=context_id,
                at=self.timestamp(),
                path=path,
                line=line,
                source=source,
            )
        )
