"""What the acts work with, put together of the rooms below. Chance and the clock come in here."""

from __future__ import annotations

import os
import secrets
import time
from datetime import UTC, datetime

from peers_runtime.activation.engine import Engine
from peers_runtime.activation.generations import Generations
from peers_runtime.base import ids
from peers_runtime.catalog.diagnostics import Diagnostics
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.location import Location
from peers_runtime.catalog.run_locks import RunLocks
from peers_runtime.catalog.store import Catalog
from peers_runtime.catalog.variables import DeviceVariables
from peers_runtime.operations.services import Services
from peers_runtime.snapshots.store import SnapshotStore
from peers_runtime.trust.keys import Keys
from peers_runtime.trust.seals import Seal


def services(
    catalog: Catalog,
    snapshots: SnapshotStore,
    diagnostics: Diagnostics,
    engine: Engine,
    home: Home,
    location: Location,
    actor: str,
    secrets_key: str | os.PathLike[str] | None,
) -> Services:
    """Those of one home, opened; `secrets_key` is the file of a key that homes share."""
    return Services(
        catalog=catalog,
        snapshots=snapshots,
        diagnostics=diagnostics,
        engine=engine,
        keys=Keys(home.file("keys"), "actor"),
        publish_keys=Keys(home.file("keys"), "publisher"),
        device_variables=DeviceVariables(home.file("variables"), location.which),
        generations=Generations(engine, kept=0),
        run_locks=RunLocks(home.file("runs")),
        home_seal=Seal(home.file("keys", "secrets.json"), makes_key=True),
        shared_seal=None if secrets_key is None else Seal(secrets_key),
        device=home.device,
        actor=actor,
        now=lambda: datetime.now(UTC),
        new_id=lambda: ids.make(time.time_ns() // 1_000_000, secrets.randbits(83)),
    )
