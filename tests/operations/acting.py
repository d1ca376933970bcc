"""A group that several people act in, and a way to carry an act out that checks what holds for every act."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from peers_runtime import Decision, PackageVersion, PeersError, Role, Runtime
from peers_runtime.operations import signing
from peers_runtime.rules import history
from tests.world import project, screen

ROLES = {"ada": Role.OWNER, "alan": Role.ADMIN, "grace": Role.WRITER, "rita": Role.READER}
BELOW_ADMIN = [("grace", "WRITER"), ("rita", "READER"), ("mallory", "NONE")]
GROUP = "acme"
DEVICE = "desk"
TABLES = {  # by whether the catalog is a SQLite file
    True: "SELECT name FROM sqlite_master WHERE type = 'table'",
    False: "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}

Act = Callable[[bool], Decision]  # an act on a package; its argument says whether it is a dry run


@dataclass
class Group:
    """A home with the context `acme`: ada owns it, alan is Admin, grace Writer, rita Reader."""

    runtime: Runtime
    folder: Path
    catalog: str | None = None  # where it lies when that is not the home itself
    built: int = field(default=0)

    def open(self, actor: str = "ada") -> Runtime:
        """Another host of the home."""
        return Runtime.open(self.runtime.home, catalog=self.catalog, actor=actor, facades=False)

    def build(
        self, version: str, actor: str = "grace", *, activate: bool = True, **files: str
    ) -> PackageVersion:
        """Install a new state of the project, which shows its version, as this device's dev version."""
        self.built += 1
        source = project(
            self.folder / f"build-{self.built}",
            version=version,
            files={**screen("notes", "notes", version), "build.py": f"number = {self.built}\n", **files},
        )
        return self.runtime.install(source, context=GROUP, actor=actor, activate=activate)

    def build_elsewhere(self, version: str, device: str = "laptop") -> PackageVersion:
        """A dev version as it arrives from another device, whose files are here."""
        own = self.build(version, activate=False)
        services = self.runtime.services
        changed = {
            "package_version_id": services.new_id(),
            "device_id": device,
            "history": (),
            "signature": None,
        }
        other = history.appended(own.model_copy(update=changed), "created", "grace", services.timestamp())
        with services.catalog.write() as writer:
            if own.signature:
                sign = partial(services.keys.signer("grace").sign, signing.PAYLOAD_TYPE)
                other = history.signed(other, 0, writer.roster(GROUP).count, sign)
            writer.put_version(other)
        return other

    def release(self, version: str, to: str = "stable", *, runs_it: bool = True) -> PackageVersion:
        """A build that ada promotes: the context's version when this device runs it and `to` is followed."""
        self.build(version, activate=runs_it)
        decision = self.runtime.promote("notes", version, to, context=GROUP, actor="ada")
        assert decision.version is not None
        return decision.version

    def row(self, version: str) -> PackageVersion:
        (found,) = [one for one in self.runtime.versions("notes", GROUP) if one.version == version]
        return found

    def row_of(self, version: str, tag: str) -> PackageVersion:
        known = self.runtime.versions("notes", GROUP)
        (found,) = [one for one in known if (one.version, str(one.version_tag)) == (version, tag)]
        return found

    def row_tags(self) -> list[str]:
        """The tags of the rows, by age."""
        return [str(one.version_tag) for one in self.runtime.versions("notes", GROUP)]

    @property
    def package(self) -> Any:
        (found,) = self.runtime.packages(GROUP)
        return found

    @property
    def prefs(self) -> Any:
        with self.runtime.services.catalog.read() as reader:
            return reader.prefs(DEVICE, GROUP, self.package.package_id)

    def shown(self) -> object:
        """What the version that is live here shows; None when none is."""
        content = self.runtime.context(GROUP).routes.list()
        return self.runtime.context(GROUP).render("notes").content if content else None

    def why(self) -> str:
        return self.runtime.resolve("notes", GROUP).reason

    def log(self) -> Sequence[tuple[str | None, str | None]]:
        """What became active: version and device (None: for the context), oldest first."""
        names = {one.package_version_id: one.version for one in self.runtime.versions("notes", GROUP)}
        with self.runtime.services.catalog.read() as reader:
            known = reader.activations(GROUP, self.package.package_id)
        return [(names.get(one.package_version_id or ""), one.device_id) for one in known]

    def state(self) -> dict[str, Any]:
        """Every row of the catalog, which key files there are, and what is shown."""
        return {**self.state_of_group(), "shown": self.shown()}

    def state_of_group(self) -> dict[str, Any]:
        keys = self.runtime.home / "keys"
        return {
            **self.rows(),
            "keys": sorted(path.name for path in keys.iterdir()) if keys.exists() else None,
        }

    def rows(self) -> dict[str, Any]:
        """Every row of every table."""
        with self.connected() as connection:
            names = [name for (name,) in connection.execute(TABLES[self.catalog is None])]
            return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}

    def change(self, statement: str, *values: object) -> None:
        """Change one row of the catalog by hand; the statement has `?` for each of the values."""
        with self.connected() as connection:
            mark = "?" if self.catalog is None else "%s"
            assert connection.execute(statement.replace("?", mark), values).rowcount == 1

    @contextmanager
    def connected(self) -> Generator[Any]:
        """The catalog as another program has it; what that changes is committed at the end."""
        if self.catalog is None:
            with closing(sqlite3.connect(self.runtime.home / "catalog.sqlite")) as connection, connection:
                yield connection
        else:
            with psycopg.connect(self.catalog.replace("+psycopg", "")) as session:
                yield session

    def verify(self) -> None:
        """What is resolved is what is live, and every history holds."""
        found = self.runtime.resolve("notes", GROUP).version
        assert self.shown() == (None if found is None else found.version)
        assert [one.problems for one in self.runtime.history("notes", GROUP) if one.problems] == []

    def carry_out(self, act: Act) -> list[str]:
        """First dry, then in earnest; answers with the effects in words.

        A dry run changes nothing and tells what then happens; an act without effects changes nothing.
        """
        before = self.state()
        told = act(True)
        assert self.state() == before
        done = act(False)
        assert not told.applied
        assert done.applied
        assert (told.effects, told.reason) == (done.effects, done.reason)
        if not done.effects:
            assert self.state() == before
        self.verify()
        again = self.state()
        with self.open() as restarted:
            assert restarted.resolve("notes", GROUP) == self.runtime.resolve("notes", GROUP)
        assert self.state() == again
        return [str(effect) for effect in done.effects]

    def refuse(self, act: Act, kind: type[PeersError], match: str = "") -> PeersError:
        """The error that the act raises, dry or not; it changes nothing."""
        before = self.state()
        texts = set()
        for dry_run in (True, False):
            with pytest.raises(kind, match=match or None) as caught:
                act(dry_run)
            assert caught.value.hint
            texts.add(str(caught.value))
            assert self.state() == before
        assert len(texts) == 1
        return caught.value
