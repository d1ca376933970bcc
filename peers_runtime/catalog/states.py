"""From records to what is active on a device: one resolution per package and context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from operator import itemgetter
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select

from peers_runtime.catalog import schema
from peers_runtime.catalog.quarantine import Quarantine
from peers_runtime.model.active import ActivePackage, State
from peers_runtime.model.catalog import ContextKind, DevicePrefs, Member, Package, PackageVersion, VersionTag
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
    `fetched` is None.
    """

    def __init__(self, fetched: Callable[[str], bool] | None, quarantine: Quarantine) -> None:
        self._fetched = fetched
        self.quarantine = quarantine
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
        other = Arrivals(self._fetched, self.quarantine)
        other._here = {*self._here, digest}
        return other

    def admits(self, version: PackageVersion) -> bool:
        """Whether it is not under quarantine."""
        return version.package_version_id not in self.quarantine

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
    loaded.update(_loaded(connection, [key for key in keys if key not in loaded]))
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
        versions = _versions(connection, context_ids)
        prefs = _prefs(connection, device, context_ids)
        members = _members(connection, context_ids)
        table = schema.contexts
        for context_id, kind in connection.execute(
            select(table.c.context_id, table.c.kind).where(table.c.context_id.in_(context_ids))
        ):
            arrivals.forget(context_id)
            _judge(connection, arrivals, context_id, kind, members[context_id], news)
            found = []
            for package in packages[context_id]:
                own = prefs.get((context_id, package.package_id))
                known = versions[context_id, package.package_id]
                version = resolution.resolve(package, known, own, kind, device, None).version
                if version is not None and _needs_history(version, known, arrivals):
                    known = _with_history(connection, package)  # only now: it costs most to read
                    version = arrivals.resolve(package, known, own, kind, device).version
                found.append(_key_of(version, own))
            active = tuple(sorted(key for key in found if key is not None))
            yield context_id, kind, active, {name: one.role for name, one in members[context_id].items()}


def _judge(
    connection: Connection,
    arrivals: Arrivals,
    context_id: str,
    kind: ContextKind,
    members: Mapping[str, Member],
    news: AbstractSet[str] | None,
) -> None:
    """Look at what is new of a context, used or not, and again at what is under quarantine."""
    quarantine = arrivals.quarantine
    if not quarantine.judges:
        return
    table = schema.package_versions
    chosen = select(table).where(table.c.context_id == context_id)
    if news is not None:
        doubted = news | quarantine.rows
        if not doubted:
            return
        chosen = chosen.where(table.c.package_version_id.in_(doubted))
    rows = [PackageVersion(**row) for row in connection.execute(chosen).mappings()]
    if rows:
        quarantine.judge(rows, members, kind)


def _needs_history(version: PackageVersion, known: Sequence[PackageVersion], arrivals: Arrivals) -> bool:
    """Whether there is doubt, the choice is not here, or has equals: their promotion tells them apart."""
    if not all(map(arrivals.admits, known)) or not arrivals.has(version.snapshot_digest):
        return True
    chosen = precedence(version.version)
    equal = [one for one in known if one.device_id is None and precedence(one.version) == chosen]
    return len(equal) > 1


def _with_history(connection: Connection, package: Package) -> list[PackageVersion]:
    table = schema.package_versions
    chosen = select(table).where(
        table.c.context_id == package.context_id, table.c.package_id == package.package_id
    )
    return [PackageVersion(**row) for row in connection.execute(chosen).mappings()]


def _key_of(version: PackageVersion | None, own: DevicePrefs | None) -> Key | None:
    if version is None:
        return None
    is_dev = version.version_tag is VersionTag.DEV
    origin = own.source_path if is_dev and own is not None else None
    return Key(version.name, version.version, version.snapshot_digest, version.package_id, origin or "")


def _members(connection: Connection, context_ids: Sequence[str]) -> Mapping[str, dict[str, Member]]:
    found: dict[str, dict[str, Member]] = defaultdict(dict)
    table = schema.members
    chosen = select(table).where(table.c.context_id.in_(context_ids)).order_by(table.c.actor_id)
    for row in connection.execute(chosen).mappings():
        member = Member(**row)
        found[member.context_id][member.actor_id] = member
    return found


def _packages(connection: Connection, context_ids: Sequence[str]) -> Mapping[str, list[Package]]:
    found = defaultdict(list)
    table = schema.packages
    for row in connection.execute(select(table).where(table.c.context_id.in_(context_ids))).mappings():
        package = Package(**row)
        found[package.context_id].append(package)
    return found


def _versions(
    connection: Connection, context_ids: Sequence[str]
) -> Mapping[tuple[str, str], list[PackageVersion]]:
    """Without app navs and history, which cost most to read and which resolution seldom looks at."""
    found = defaultdict(list)
    table = schema.package_versions
    columns = [column for column in table.c if column.name not in ("app_navs", "history")]
    chosen = select(*columns).where(table.c.context_id.in_(context_ids))
    for row in connection.execute(chosen.order_by(table.c.created_at, table.c.package_version_id)).mappings():
        version = PackageVersion(**row)
        found[version.context_id, version.package_id].append(version)
    return found


def _prefs(
    connection: Connection, device: str, context_ids: Sequence[str]
) -> Mapping[tuple[str, str], DevicePrefs]:
    table = schema.device_prefs
    columns = [column for column in table.c if column.name != "device_id"]
    chosen = select(*columns).where(table.c.device_id == device, table.c.context_id.in_(context_ids))
    found = (DevicePrefs(**row) for row in connection.execute(chosen).mappings())
    return {(prefs.context_id, prefs.package_id): prefs for prefs in found}


def _loaded(connection: Connection, keys: Sequence[Key]) -> Iterator[tuple[Key, ActivePackage]]:
    """The packages behind keys, with the routes and apps that their snapshots recorded."""
    table = schema.snapshots
    for some in _portions(keys):
        chosen = select(table.c.digest, table.c.routes, table.c.app_navs).where(
            table.c.digest.in_([key.digest for key in some])
        )
        found = {digest: (routes, app_navs) for digest, routes, app_navs in connection.execute(chosen)}
        for key in some:
            routes, app_navs = found[key.digest]
            yield (
                key,
                ActivePackage(
                    key.name, key.package_id, key.version, key.digest, routes, app_navs, key.origin or None
                ),
            )


def _key(package: ActivePackage) -> Key:
    return Key(package.name, package.version, package.digest, package.package_id, package.origin or "")


def _portions(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while portion := list(islice(iterator, _AT_ONCE)):
        yield portion
