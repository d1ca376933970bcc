"""Acts to be interrupted, and what a home must say before and after each of them.

What is expected is told by a small model of its own, not read from the runtime: a scene knows which rows
there are, which one the context is set to, and what is shown.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, Self

from peers_runtime import Runtime
from peers_runtime.catalog import migrating
from peers_runtime.model.components import PackedVersion
from tests import postgres
from tests.world import project, screen

CONTEXT = "acme"
PACKAGE = "notes"
ACTOR = "ada"
DEVICE = "desk"


@dataclass(frozen=True)
class Facts:
    """What a home says of the one package in it."""

    tags: dict[str, str] = field(default_factory=dict)  # version -> tag
    set_to: str | None = None  # the version that the context is set to
    follows: str | None = None
    shown: str | None = None  # what the screen shows: the version, once for each of two modules
    packed: dict[str, int] = field(default_factory=dict)  # version -> the number of its only component

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        return cls(**data)

    def data(self) -> dict[str, Any]:
        return asdict(self)

    def showing(self, version: str) -> Self:
        return replace(self, shown=f"{version} {version}")


class Step(NamedTuple):
    """One act. `counts` when it is what the scene is about, and no preparation."""

    after: Facts
    act: Callable[[], object]
    counts: bool = True


@dataclass(frozen=True)
class Scene:
    """`lay` fills an empty folder; `steps` go on from some facts, with numbers that nobody has used."""

    name: str
    lay: Callable[[Path, Path], None]
    steps: Callable[[Runtime, Path, Facts, int], Iterator[Step]]


def source(scratch: Path, version: str) -> Path:
    """A project that shows its version once for each of two modules, so that half a version would show."""
    files = {
        **screen(PACKAGE, PACKAGE, ""),
        "half.py": f"HALF = {version!r}\n",
        "ui.py": f"""
            from notes.half import HALF
            def home(props, ctx):
                return f"{version} {{HALF}}"
            """,
    }
    return project(scratch / version, version=version, files=files)


def opened(home: Path) -> Runtime:
    return Runtime.open(home, actor=ACTOR, device=DEVICE, catalog=catalog(home), facades=False)


def catalog(home: Path) -> str | None:
    """On which server a home has its catalog; None: it has one of its own."""
    place = _where(home)
    return place.read_text() if place.exists() else None


def put_on_server(home: Path, url: str) -> None:
    """From now on, a home that is still to be made has its catalog there, and that is a new one."""
    _where(home).write_text(url)
    with postgres.Database(url).connected() as session:
        session.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def _where(home: Path) -> Path:
    return home.with_name("catalog-url")


def facts(runtime: Runtime) -> Facts:
    """What the home says, through the doors that a host has."""
    packages = {one.name: one for one in runtime.packages(CONTEXT)}
    if PACKAGE not in packages:
        return Facts()
    versions = runtime.versions(PACKAGE, CONTEXT)
    named = {one.package_version_id: one.version for one in versions}
    package = packages[PACKAGE]
    return Facts(
        tags={one.version: str(one.version_tag) for one in versions},
        set_to=named.get(package.active_version_id or ""),
        follows=package.follow_tags,
        shown=runtime.context(CONTEXT).render(PACKAGE).content,
        packed={one.version: _number(runtime, one) for one in _packed(runtime)},
    )


def _packed(runtime: Runtime) -> Sequence[PackedVersion]:
    with runtime.services.catalog.read() as reader:
        return reader.packed(CONTEXT)


def _number(runtime: Runtime, packed: PackedVersion) -> int:
    """As the wheel says, which is whole, and the home that has its snapshot."""
    wheel = runtime.look_into(_dist(runtime) / f"{PACKAGE}-{packed.version}-py3-none-any.whl").manifest
    assert wheel.id == packed.snapshot_digest
    runtime.services.snapshots.verify(wheel.id)
    (component,) = wheel.components
    with runtime.services.catalog.read() as reader:
        assert reader.component_numbers(wheel.id) == {component.id: component.version}
    assert component.version is not None
    return component.version


def _dist(runtime: Runtime) -> Path:
    return runtime.home.with_name("dist")


# ── what there is at first ───────────────────────────────────────────────────────────────────────


def _nothing(home: Path, scratch: Path) -> None:
    with opened(home) as runtime:
        runtime.contexts.create(CONTEXT)


def _released(*versions: str, follow_range: str = "latest") -> Callable[[Path, Path], None]:
    """These versions stable, the last one active."""

    def lay(home: Path, scratch: Path) -> None:
        _nothing(home, scratch)
        with opened(home) as runtime:
            for version in versions:
                runtime.install(source(scratch, version), context=CONTEXT)
                runtime.promote(PACKAGE, version, "stable", context=CONTEXT)
            if follow_range != "latest":
                runtime.follow(PACKAGE, CONTEXT, range=follow_range)

    return lay


def _of_first_revision(home: Path, scratch: Path) -> None:
    """A home of 0.1: a dev version, in a catalog of revision 0001 that has all its rows."""
    _nothing(home, scratch)
    with opened(home) as runtime:
        runtime.install(source(scratch, "1.0.0"), context=CONTEXT)
    import sqlalchemy as sa
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    old = home / "old.sqlite"
    engine = sa.create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        scripts = ScriptDirectory(os.path.join(os.path.dirname(migrating.__file__), "migrations"))
        migration = MigrationContext.configure(connection)
        with Operations.context(migration):
            first = scripts.get_revision("0001")
            assert first is not None
            first.module.upgrade()
        migration.stamp(scripts, "0001")
    engine.dispose()
    with closing(sqlite3.connect(old)) as database:
        database.execute("ATTACH DATABASE ? AS new", (str(home / "catalog.sqlite"),))
        for (table,) in database.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table'"
        ).fetchall():
            if table != "alembic_version":
                columns = ", ".join(
                    f'"{row[1]}"' for row in database.execute(f"PRAGMA main.table_info({table})")
                )
                rows = "memberships" if table == "members" else table  # nobody changes here what they are
                database.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{rows}")
        database.commit()
        database.execute("DETACH DATABASE new")
        database.execute("PRAGMA journal_mode=WAL")
    os.replace(old, home / "catalog.sqlite")
    shutil.rmtree(home / "beliefs", ignore_errors=True)


# ── acts, one after the other ────────────────────────────────────────────────────────────────────


def _publish(runtime: Runtime, scratch: Path, known: Facts, number: int) -> Iterator[Step]:
    while True:
        step = _install(runtime, scratch, known, f"1.0.{number}")
        yield step
        known, number = step.after, number + 1


def _install(runtime: Runtime, scratch: Path, known: Facts, version: str, counts: bool = True) -> Step:
    tags = {one: tag for one, tag in known.tags.items() if tag != "dev"}
    after = replace(known, tags={**tags, version: "dev"}).showing(version)
    folder = source(scratch, version)
    return Step(after, lambda: runtime.install(folder, context=CONTEXT), counts)


def _promote(runtime: Runtime, scratch: Path, known: Facts, number: int) -> Iterator[Step]:
    while True:
        version = f"1.0.{number}"
        installed = _install(runtime, scratch, known, version, counts=False)
        yield installed
        known = installed.after
        if number % 2:  # to beta first, which the context does not follow
            tags = {**known.tags, version: "beta"}
            known = replace(known, tags=tags).showing(_newest_stable(known))
            yield Step(known, lambda: runtime.promote(PACKAGE, version, "beta", context=CONTEXT))  # noqa: B023  # called before the next
            # stable and newer, it is what the context's devices come to by themselves
            known = replace(known, tags={**tags, version: "stable"}).showing(version)
        else:
            tags = {**known.tags, version: "stable"}
            known = replace(known, tags=tags, set_to=version).showing(version)
        yield Step(known, lambda: runtime.promote(PACKAGE, version, "stable", context=CONTEXT))  # noqa: B023  # called before the next
        number += 1


def _newest_stable(known: Facts) -> str:
    """What a device comes to by itself that has no version of its own."""
    stable = [one for one, tag in known.tags.items() if tag == "stable"]
    return max(stable, key=lambda one: [int(part) for part in one.split(".")])


def _activate(runtime: Runtime, scratch: Path, known: Facts, number: int) -> Iterator[Step]:
    while True:
        version = sorted(known.tags)[number % len(known.tags)]
        known = replace(known, set_to=version).showing(version)
        yield Step(known, lambda: runtime.activate(PACKAGE, version, CONTEXT))  # noqa: B023  # called before the next
        number += 1


def _rollback(runtime: Runtime, scratch: Path, known: Facts, number: int) -> Iterator[Step]:
    older, newer = sorted(known.tags)
    while True:
        if known.set_to == older:
            known = replace(known, set_to=newer).showing(newer)
            yield Step(known, lambda: runtime.activate(PACKAGE, newer, CONTEXT), counts=False)
        known = replace(known, set_to=older).showing(older)
        yield Step(known, lambda: runtime.rollback(PACKAGE, CONTEXT))


def _follow(runtime: Runtime, scratch: Path, known: Facts, number: int) -> Iterator[Step]:
    while True:
        tags = "beta" if known.follows != "beta" else "stable,beta"
        known = replace(known, follows=tags)
        yield Step(known, lambda: runtime.follow(PACKAGE, CONTEXT, tags=tags))  # noqa: B023  # called before the next


def _pack(runtime: Runtime, scratch: Path, known: Facts, number: int) -> Iterator[Step]:
    """Each version has another component. What was not done has used no number."""
    while True:
        version = f"1.1.{number}"
        known = replace(known, packed={**known.packed, version: max(known.packed.values(), default=0) + 1})
        folder = source(scratch, version)
        yield Step(known, lambda: runtime.pack(folder, CONTEXT, out=_dist(runtime)))  # noqa: B023  # called before the next
        number += 1


def _migrate(runtime: Runtime, scratch: Path, known: Facts, number: int) -> Iterator[Step]:
    yield Step(known, lambda: runtime.services)


SCENES = {
    one.name: one
    for one in (
        Scene("publish", _released("1.0.0"), _publish),
        Scene("promote", _released("1.0.0"), _promote),
        Scene("activate", _released("1.0.0", "1.1.0", "1.2.0", follow_range="pinned"), _activate),
        Scene("rollback", _released("1.0.0", "1.1.0", follow_range="pinned"), _rollback),
        Scene("pack", _released("1.0.0"), _pack),
        Scene("follow", _released("1.0.0"), _follow),
        Scene("migrate", _of_first_revision, _migrate),
        Scene("first", _nothing, _publish),
    )
}
