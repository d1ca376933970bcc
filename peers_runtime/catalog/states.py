"""From records to what is active on a device: one resolution per package and context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, RowMapping, select

from peers_runtime.base import errors
from peers_runtime.catalog import index, judging, schema
from peers_runtime.catalog.beliefs import Beliefs
from peers_runtime.catalog.judging import Judge
from peers_runtime.model.active import ActivePackage, State
from peers_runtime.model.catalog import (
    Context,
    ContextKind,
    DevicePrefs,
    Membership,
    Package,
    PackageVersion,
    Removal,
    VersionTag,
)
from peers_runtime.model.manifest import Definition
from peers_runtime.model.versions import precedence
from peers_runtime.rules import arriving, resolution

T = TypeVar("T")

_AT_ONCE = 200  # how many contexts or snapshots one query asks for


class Key(NamedTuple):
    """What makes two active packages one; sorts by import name."""

    name: str
    version: str
    digest: str
    package_id: str
    origin: str  # "" for none, so that keys can be sorted


class Arrivals:
    """Which versions may be used: whole, as `fetched(digest)` says of snapshots, and not under quarantine.

    And who waits for snapshots that have not arrived. Of a catalog that is the home's own, all have: there
    `fetched` is None. What a snapshot contributes is what `described(digest)` says, where others write the
    catalog; without it, what the catalog says.
    """

    def __init__(
        self,
        fetched: Callable[[str], bool] | None,
        beliefs: Beliefs,
        described: Callable[[str], Definition] | None = None,
    ) -> None:
        self._fetched = fetched
        self.described = described
        self.beliefs = beliefs
        self._here: set[str] = set()
        self._awaited: dict[str, set[str]] = {}  # digests, by context

    @property
    def is_complete(self) -> bool:
        """Whether no context waits for anything."""
        return not self._awaited

    def has(self, digest: str) -> bool:
        if self._fetched is None or digest in self._here:
            return True
        if self._fetched(digest):
            self._here.add(digest)
            return True
        return False

    def supposing(self, digest: str) -> Arrivals:
        """The same, as if that snapshot were here by now."""
        other = Arrivals(self._fetched, self.beliefs, self.described)
        other._here = {*self._here, digest}
        return other

    def admits(self, version: PackageVersion) -> bool:
        """Whether it is not under quarantine."""
        return self.beliefs.admits(version)

    def resolve(
        self,
        package: Package,
        versions: Sequence[PackageVersion],
        prefs: DevicePrefs | None,
        kind: ContextKind,
        device: str,
    ) -> resolution.Resolution:
        """As `arriving.resolve`; what is missing, the package's context waits for from now on."""
        found, missing = arriving.resolve(package, versions, prefs, kind, device, self.has, self.admits)
        if missing:
            self._awaited.setdefault(package.context_id, set()).update(missing)
        return found

    def forget(self, context_id: str) -> None:
        """The context is resolved anew."""
        self._awaited.pop(context_id, None)

    def served(self) -> set[str]:
        """The contexts for which something that they wait for has arrived."""
        awaited = list(self._awaited.items())
        return {name for name, digests in awaited if any(map(self.has, list(digests)))}


def afresh(connection: Connection, device: str, sequence: int, arrivals: Arrivals) -> State:
    """The state of every context, from records alone."""
    nothing = State(0, [], [], {}, [])
    return updated(connection, device, sequence, nothing, None, None, arrivals)


def updated(
    connection: Connection,
    device: str,
    sequence: int,
    known: State,
    touched: Iterable[str] | None,
    news: AbstractSet[str] | None,
    arrivals: Arrivals,
) -> State:
    """`known` with the `touched` contexts resolved again; None means every context.

    `news` are the ids of the version rows that have changed since; None: who knows.
    """
    old_keys = [_key(package) for package in known.packages]
    old_sets = [tuple(old_keys[position] for position in positions) for positions in known.sets]
    actives = {
        context_id: (kind, old_sets[position], roles)
        for context_id, (kind, position, roles) in known.contexts.items()
    }
    for context_id, kind, active, roles in _resolved(connection, device, touched, news, arrivals):
        actives[context_id] = kind, active, roles
    positions_of = {
        active: position for position, active in enumerate(sorted({a for _, a, _ in actives.values()}))
    }
    keys = sorted({key for active in positions_of for key in active})
    numbers = {key: number for number, key in enumerate(keys)}
    loaded = dict(zip(old_keys, known.packages, strict=True))
    loaded.update(_loaded(connection, [key for key in keys if key not in loaded], arrivals.described))
    return State(
        sequence,
        [loaded[key] for key in keys],
        [[numbers[key] for key in active] for active in positions_of],
        {
            context_id: (kind, positions_of[active], roles)
            for context_id, (kind, active, roles) in sorted(actives.items(), key=itemgetter(0))
        },
        connection.execute(select(schema.packages.c.name).distinct().order_by("name")).scalars().all(),
    )


def _resolved(
    connection: Connection,
    device: str,
    touched: Iterable[str] | None,
    news: AbstractSet[str] | None,
    arrivals: Arrivals,
) -> Iterator[tuple[str, str, tuple[Key, ...], Mapping[str, int]]]:
    """(context id, kind, active keys by import name, roles by actor) of each of these contexts."""
    if touched is None:
        touched = connection.execute(select(schema.contexts.c.context_id)).scalars().all()
    for context_ids in _portions(touched):
        packages = _packages(connection, context_ids)
        versions, changed = _versions(connection, context_ids, arrivals.beliefs)
        prefs = _prefs(connection, device, context_ids, arrivals.beliefs)
        changes = _memberships(connection, context_ids)
        signed = signed_packages(connection, context_ids)
        removed = removals(connection, context_ids)
        table = schema.contexts
        chosen = select(table).where(table.c.context_id.in_(context_ids))
        for context in [Context(**row) for row in connection.execute(chosen).mappings()]:
            context_id, kind = context.context_id, context.kind
            arrivals.forget(context_id)
            roster = arrivals.beliefs.roster(context, changes[context_id])
            believed = {
                stored.package_id: arrivals.beliefs.package(
                    stored,
                    roster,
                    kind,
                    removal=removed.get((context_id, stored.package_id)),
                    has_signed_versions=(context_id, stored.package_id) in signed,
                )
                for stored in packages[context_id]
            }
            judge = Judge(arrivals.beliefs, context, roster, believed)
            _look(connection, judge, None if news is None else news | changed[context_id])
            found = []
            for package_id, package in believed.items():
                key = context_id, package_id
                own, known = prefs.get(key), versions[key]
                version = resolution.resolve(package, known, own, kind, device, None).version
                if package is not None and version is not None and _needs_history(version, known, arrivals):
                    known = _with_history(connection, package, judge)  # only now: it costs most to read
                    version = arrivals.resolve(package, known, own, kind, device).version
                found.append(_key_of(version, own))
            arrivals.beliefs.settle(context_id, roster)
            active = tuple(sorted(key for key in found if key is not None))
            yield context_id, kind, active, {one.actor_id: one.role for one in roster.members()}
    arrivals.beliefs.save()


def _look(connection: Connection, judge: Judge, news: AbstractSet[str] | None) -> None:
    """Look at what is new of a context, used or not, and again at what is under quarantine."""
    beliefs, context_id = judge.beliefs, judge.context.context_id
    if not beliefs.judges:
        return
    table = schema.package_versions
    chosen = select(table).where(table.c.context_id == context_id)
    if news is not None:
        doubted = news | beliefs.refused(context_id)
        if not doubted:
            return
        chosen = chosen.where(table.c.package_version_id.in_(doubted))
    judge.look(connection.execute(chosen).mappings().all())


def _needs_history(version: PackageVersion, known: Sequence[PackageVersion], arrivals: Arrivals) -> bool:
    """Whether there is doubt, the choice is not here, or has equals: their promotion tells them apart."""
    if not all(map(arrivals.admits, known)) or not arrivals.has(version.snapshot_digest):
        return True
    chosen = precedence(version.version)
    equal = [one for one in known if one.device_id is None and precedence(one.version) == chosen]
    return len(equal) > 1


def _with_history(connection: Connection, package: Package, judge: Judge) -> list[PackageVersion]:
    table = schema.package_versions
    chosen = select(table).where(
        table.c.context_id == package.context_id, table.c.package_id == package.package_id
    )
    rows = connection.execute(chosen).mappings().all()
    judge.look_again(rows)
    return [PackageVersion(**row) for row in rows]


def _key_of(version: PackageVersion | None, own: DevicePrefs | None) -> Key | None:
    if version is None:
        return None
    is_dev = version.version_tag is VersionTag.DEV
    origin = own.source_path if is_dev and own is not None else None
    return Key(version.name, version.version, version.snapshot_digest, version.package_id, origin or "")


def own_prefs(row: RowMapping, beliefs: Beliefs) -> DevicePrefs | None:
    """What a device has chosen, of a row of the table; None when this home has not written it."""
    fields: dict[str, Any] = {str(name): value for name, value in row.items()}
    device, seal = fields.pop("device_id"), fields.pop("seal")
    prefs = DevicePrefs(**fields)
    return prefs if beliefs.owns(device, prefs, seal) else None


def signed_packages(connection: Connection, context_ids: Sequence[str]) -> set[tuple[str, str]]:
    """(context id, package id) of those that have a signed version."""
    table = schema.package_versions
    chosen = (
        select(table.c.context_id, table.c.package_id)
        .where(table.c.context_id.in_(context_ids), table.c.signature.is_not(None))
        .distinct()
    )
    return {(context_id, package_id) for context_id, package_id in connection.execute(chosen)}


def removals(connection: Connection, context_ids: Sequence[str]) -> Mapping[tuple[str, str], Removal]:
    """By (context id, package id), as they stand there."""
    table = schema.removals
    chosen = select(table).where(table.c.context_id.in_(context_ids))
    found = [Removal(**row) for row in connection.execute(chosen).mappings()]
    return {(one.context_id, one.package_id): one for one in found}


def _memberships(connection: Connection, context_ids: Sequence[str]) -> Mapping[str, list[Membership]]:
    found: dict[str, list[Membership]] = defaultdict(list)
    table = schema.memberships
    chosen = select(table).where(table.c.context_id.in_(context_ids)).order_by(table.c.number)
    for row in connection.execute(chosen).mappings():
        change = Membership(**row)
        found[change.context_id].append(change)
    return found


def _packages(connection: Connection, context_ids: Sequence[str]) -> Mapping[str, list[Package]]:
    found = defaultdict(list)
    table = schema.packages
    for row in connection.execute(select(table).where(table.c.context_id.in_(context_ids))).mappings():
        package = Package(**row)
        found[package.context_id].append(package)
    return found


def _versions(
    connection: Connection, context_ids: Sequence[str], beliefs: Beliefs
) -> tuple[Mapping[tuple[str, str], list[PackageVersion]], Mapping[str, set[str]]]:
    """Without their `LONG` columns; and the rows, by context, that say something else than was judged."""
    found, changed = defaultdict(list), defaultdict(set)
    table = schema.package_versions
    columns = [column for column in table.c if column.name not in judging.LONG]
    chosen = select(*columns).where(table.c.context_id.in_(context_ids))
    for row in connection.execute(chosen.order_by(table.c.created_at, table.c.package_version_id)).mappings():
        version = PackageVersion(**row)
        found[version.context_id, version.package_id].append(version)
        if judging.differs(row, beliefs):
            changed[version.context_id].add(version.package_version_id)
    return found, changed


def _prefs(
    connection: Connection, device: str, context_ids: Sequence[str], beliefs: Beliefs
) -> Mapping[tuple[str, str], DevicePrefs]:
    table = schema.device_prefs
    chosen = select(table).where(table.c.device_id == device, table.c.context_id.in_(context_ids))
    found = [own_prefs(row, beliefs) for row in connection.execute(chosen).mappings()]
    return {(prefs.context_id, prefs.package_id): prefs for prefs in found if prefs is not None}


def _loaded(
    connection: Connection, keys: Sequence[Key], described: Callable[[str], Definition] | None
) -> Iterator[tuple[Key, ActivePackage]]:
    """The packages behind keys, with the routes and apps that their snapshots have.

    Their digests are signed, and what the catalog says of them is not: where others write it, each snapshot
    is asked itself, which costs reading its manifest once. One that cannot be read has none; whoever uses it
    is told why.
    """
    if described is not None:
        for key in keys:
            try:
                definition = described(key.digest)
            except errors.StorageError:
                yield key, _active(key, [], [])
            else:
                app_navs = [app_nav.wire() for app_nav in definition.app_navs]
                yield key, _active(key, index.route_rows(definition.routes), app_navs)
        return
    table = schema.snapshots
    for some in _portions(keys):
        chosen = select(table.c.digest, table.c.routes, table.c.app_navs).where(
            table.c.digest.in_([key.digest for key in some])
        )
        found = {digest: (routes, app_navs) for digest, routes, app_navs in connection.execute(chosen)}
        for key in some:
            yield key, _active(key, *found[key.digest])


def _active(
    key: Key, routes: Sequence[Sequence[Any]], app_navs: Sequence[Mapping[str, Any]]
) -> ActivePackage:
    return ActivePackage(
        key.name, key.package_id, key.version, key.digest, routes, app_navs, key.origin or None
    )


def _key(package: ActivePackage) -> Key:
    return Key(package.name, package.version, package.digest, package.package_id, package.origin or "")


def _portions(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while portion := list(islice(iterator, _AT_ONCE)):
        yield portion
