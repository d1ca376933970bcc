"""Where random acts begin: homes on one catalog with releases in each context and a build of each home."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Generator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from peers_runtime import PackageVersion, Role, Runtime
from tests import postgres
from tests.operations.lifecycle_context import VERSIONS
from tests.operations.lifecycle_model import Model
from tests.world import project, screen

ROLES = {"ada": Role.OWNER, "alan": Role.ADMIN, "grace": Role.WRITER, "rita": Role.READER}
GROUPS = ("acme", "globex")
RELEASES = {"1.0.0": "stable", "1.0.1": "stable", "1.1.0-beta.2": "beta"}
BUILDS = ("2.0.0", "1.1.0", "1.1.0-beta.10")  # of each device, not in use
TELL = """
    INSERT INTO changes (sequence, context_id, kind, key)
    SELECT max(sequence) + 1, ?, ?, ? FROM changes
"""


class World:
    """`devices` that share a catalog: a file, or the one of `database`; one alone without it has its own.

    Every actor has the same key everywhere, but for alan, who has another one on the last of several devices.
    """

    def __init__(self, devices: Sequence[str], database: postgres.Database | None = None) -> None:
        self.devices = devices
        self.is_shared = len(devices) > 1 or database is not None
        self._database = database
        memory = "/dev/shm"
        self._temporary = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
        # Hypothesis looks for constants in modules that are imported, and keeps these, but not in tests
        self.folder = self._temporary / "tests"
        self.sources = self.folder / "sources"
        self.blobs = self.folder / "live" / "blobs"
        self._kept = self.folder / "kept"
        self._models = self._made()

    def begun(self) -> dict[str, Model]:
        """All is as it was at first; what the homes open must be closed."""
        shutil.rmtree(self.folder / "live", ignore_errors=True)
        shutil.copytree(self._kept, self.folder / "live")
        if self._database is not None:
            self._database.restore()
        return deepcopy(self._models)

    def opened(self, device: str) -> Runtime:
        shared: dict[str, Any] = {"catalog": self.catalog, "blobs": self.blobs} if self.is_shared else {}
        return Runtime.open(self.home(device), device=device, actor="ada", facades=False, **shared)

    def home(self, device: str) -> Path:
        return self.folder / "live" / device

    @property
    def catalog(self) -> str | Path:
        return self.folder / "live" / "team.sqlite" if self._database is None else self._database.url

    @contextmanager
    def connected(self) -> Generator[Any]:
        """The shared catalog as another program has it; what that changes is committed at the end."""
        if self._database is not None:
            with self._database.connected() as session:
                yield session
        else:
            with closing(sqlite3.connect(self.catalog)) as connection, connection:
                yield connection

    def change(self, context: str, row_id: str, maker: str, *, is_named: bool) -> None:
        """Give a record another maker by hand, an expression of SQL, and say that something has changed.

        The feed names the record only when `is_named`.
        """
        said = ("package_versions", row_id) if is_named else ("contexts", context)
        update = f"UPDATE package_versions SET created_by = {maker} WHERE package_version_id = ?"
        with self.connected() as connection:
            for statement, values in ((update, (row_id,)), (TELL, (context, *said))):
                mark = "?" if self._database is None else "%s"
                assert connection.execute(statement.replace("?", mark), values).rowcount == 1

    def gone(self) -> None:
        shutil.rmtree(self._temporary)

    def _made(self) -> dict[str, Model]:
        for version in VERSIONS:
            project(self.sources / version, version=version, files=screen("notes", "notes", version))
        self.blobs.mkdir(parents=True)
        first, last = self.devices[0], self.devices[-1]
        apart = frozenset({("alan", last)} if first != last else ())
        models = {name: Model(name != "personal", dict(ROLES), apart=apart) for name in (*GROUPS, "personal")}
        with self.opened(first) as runtime:
            for actor in (*ROLES, "mallory"):
                runtime.services.keys.signer(actor)
            for group in GROUPS:
                runtime.contexts.create(group)
                for actor, role in ROLES.items():
                    runtime.members.set(group, actor, role)
            for context, model in models.items():
                for version, tag in RELEASES.items():
                    row = self._build(runtime, context, model.at(first), version, activate=tag == "stable")
                    runtime.promote("notes", version, tag, context)
                    assert model.promote("ada", row.package_version_id, tag) is None
        for device, version in zip(self.devices, BUILDS, strict=False):
            if device != first:
                self.opened(device).close()
                self._bring_keys(first, device, apart)
            with self.opened(device) as runtime:
                for context, model in models.items():
                    self._build(runtime, context, model.at(device), version, activate=False)
        (self.folder / "live").rename(self._kept)
        if self._database is not None:
            self._database.keep()
        return models

    def _build(
        self, runtime: Runtime, context: str, model: Model, version: str, *, activate: bool
    ) -> PackageVersion:
        row = runtime.install(self.sources / version, context, activate=activate)
        model.installed_as(row.package_version_id, version, activate=activate)
        return row

    def _bring_keys(self, first: str, device: str, apart: AbstractSet[tuple[str, str]]) -> None:
        for path in (self.home(first) / "keys").glob("actor-*"):
            if (json.loads(path.read_text())["actor"], device) not in apart:
                shutil.copy2(path, self.home(device) / "keys")
