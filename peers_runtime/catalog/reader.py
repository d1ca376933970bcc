"""Records out of one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select, union

from peers_runtime.catalog import judging, runs, schema, states, variables
from peers_runtime.catalog.beliefs import Beliefs
from peers_runtime.catalog.judging import Judge
from peers_runtime.model.active import State
from peers_runtime.model.catalog import (
    Context,
    DevicePrefs,
    DevShape,
    FrozenShape,
    Member,
    Membership,
    Package,
    PackageVersion,
    ProviderChoice,
    Removal,
    Role,
)
from peers_runtime.model.components import PackedVersion, Publication
from peers_runtime.model.stored import Stored
from peers_runtime.model.variables import Address, StoredVariable
from peers_runtime.model.workflows import RunState, RunStatus
from peers_runtime.rules.roster import Roster


class Change(NamedTuple):
    """One record that was written: `kind` is its table, `key` names it inside its context."""

    sequence: int
    context_id: str | None
    kind: str
    key: str


class Activation(NamedTuple):
    """A version became the active one of a context, or of one device in it. No version: none any more."""

    sequence: int
    context_id: str
    package_id: str
    device_id: str | None
    package_version_id: str | None
    by: str
    at: str  # ISO 8601 in UTC


class Reader:
    """One consistent view of the catalog. Lists are empty for contexts and packages that do not exist.

    Members, packages and preferences are those that this device believes.
    """

    remembers = True  # what it believes

    def __init__(self, connection: Connection, beliefs: Beliefs) -> None:
        self._connection = connection
        self._beliefs = beliefs

    def contexts(self) -> list[Context]:
        """All contexts, by id."""
        rows = self._connection.execute(select(schema.contexts).order_by(schema.contexts.c.context_id))
        return [Context(**row) for row in rows.mappings()]

    def context(self, context_id: str) -> Context | None:
        chosen = select(schema.contexts).where(schema.contexts.c.context_id == context_id)
        row = self._connection.execute(chosen).mappings().first()
        return None if row is None else Context(**row)

    def roster(self, context_id: str) -> Roster:
        """Who is what in a context, and was at any time; nobody in one that does not exist."""
        context = self.context(context_id)
        if context is None:
            return Roster()
        table = schema.memberships
        chosen = select(table).where(table.c.context_id == context_id).order_by(table.c.number)
        found = [Membership(**row) for row in self._connection.execute(chosen).mappings()]
        return self._beliefs.roster(context, found, remember=self.remembers)

    def members(self, context_id: str) -> list[Member]:
        """Everybody who is or was anything in a context, by actor."""
        return self.roster(context_id).members()

    def role(self, context_id: str, actor_id: str) -> Role:
        """What the actor is in the context; `Role.NONE` for everybody who is no member."""
        return self.roster(context_id).member(actor_id).role

    def packages(self, context_id: str) -> list[Package]:
        """What is installed in a context, by import name."""
        table = schema.packages
        chosen = select(table).where(table.c.context_id == context_id).order_by(table.c.name)
        stored = [Package(**row) for row in self._connection.execute(chosen).mappings()]
        return self._believed(context_id, stored)

    def package(self, context_id: str, name_or_id: str) -> Package | None:
        stored = self.stored_package(context_id, name_or_id)
        found = [] if stored is None else self._believed(context_id, [stored])
        return found[0] if found else None

    def stored_package(self, context_id: str, name_or_id: str) -> Package | None:
        """The record as it stands there, whether or not it is believed."""
        table = schema.packages
        chosen = (
            select(table)
            .where(table.c.context_id == context_id)
            .where(or_(table.c.package_id == name_or_id, table.c.name == name_or_id))
            .order_by(table.c.package_id != name_or_id)  # an import name may look like another's id
        )
        row = self._connection.execute(chosen).mappings().first()
        return None if row is None else Package(**row)

    def removal(self, context_id: str, package_id: str) -> Removal | None:
        """That the package was uninstalled there when it had been signed, as it stands there."""
        return states.removals(self._connection, [context_id]).get((context_id, package_id))

    def versions(self, context_id: str, package_id: str) -> list[PackageVersion]:
        """The versions of a package in a context, of all devices, in the order they were made.

        Those that say something else than when they were judged last are judged first.
        """
        table = schema.package_versions
        chosen = (
            select(table)
            .where(table.c.context_id == context_id, table.c.package_id == package_id)
            .order_by(table.c.created_at, table.c.package_version_id)
        )
        rows = self._connection.execute(chosen).mappings().all()
        changed = [row for row in rows if judging.differs(row, self._beliefs)]
        context = self.context(context_id) if changed and self.remembers else None
        if context is not None:
            packages = {package_id: self.package(context_id, package_id)}
            Judge(self._beliefs, context, self.roster(context_id), packages).look(changed)
            self._beliefs.save()
        return [PackageVersion(**row) for row in rows]

    def version(self, package_version_id: str) -> PackageVersion | None:
        table = schema.package_versions
        chosen = select(table).where(table.c.package_version_id == package_version_id)
        row = self._connection.execute(chosen).mappings().first()
        return None if row is None else PackageVersion(**row)

    def prefs(self, device: str, context_id: str, package_id: str) -> DevicePrefs | None:
        table = schema.device_prefs
        chosen = select(table).where(
            table.c.device_id == device, table.c.context_id == context_id, table.c.package_id == package_id
        )
        row = self._connection.execute(chosen).mappings().first()
        return None if row is None else states.own_prefs(row, self._beliefs)

    def users(self, version: PackageVersion) -> list[str]:
        """The devices that chose a version and follow their context otherwise, by name, as they say."""
        table = schema.device_prefs
        chosen = (
            select(table.c.device_id)
            .where(table.c.context_id == version.context_id, table.c.package_id == version.package_id)
            .where(table.c.active_version_id == version.package_version_id)
            .where(table.c.override.is_(False), table.c.pinned.is_(False))
            .order_by(table.c.device_id)
        )
        return list(self._connection.execute(chosen).scalars())

    def frozen_shapes(self, context_id: str) -> list[FrozenShape]:
        """The contracts that have been stable in a context, by id and version."""
        table = schema.frozen_shapes
        chosen = (
            select(table)
            .where(table.c.context_id == context_id)
            .order_by(table.c.contract_id, table.c.version)
        )
        return [FrozenShape(**row) for row in self._connection.execute(chosen).mappings()]

    def dev_shapes(self, context_id: str) -> list[DevShape]:
        """What contracts that are not frozen were last seen to look like in a context."""
        table = schema.dev_shapes
        chosen = (
            select(table)
            .where(table.c.context_id == context_id)
            .order_by(table.c.contract_id, table.c.version)
        )
        return [DevShape(**row) for row in self._connection.execute(chosen).mappings()]

    def provider_choices(self, context_id: str) -> list[ProviderChoice]:
        """Whom a context has chosen as providers, by contract."""
        table = schema.provider_choices
        chosen = (
            select(table)
            .where(table.c.context_id == context_id)
            .order_by(table.c.contract_id, table.c.version)
        )
        return [ProviderChoice(**row) for row in self._connection.execute(chosen).mappings()]

    def variable(self, at: Address) -> StoredVariable | None:
        """The value that is kept there, as it stands there; None when nothing is set."""
        return variables.find(self._connection, at)

    def run(self, run_id: str, *, with_steps: bool = True) -> RunState | None:
        """One run of a workflow, in whichever context."""
        return runs.find(self._connection, run_id, with_steps=with_steps)

    def began_here(self, run: RunState) -> bool:
        """Whether this home has begun the run, and kept how its steps ended; nobody else has."""
        return runs.is_own(self._connection, run, self._beliefs.seal_of)

    def standing(self, run_id: str) -> tuple[int, RunStatus] | None:
        """How often a run was taken up, and its status."""
        return runs.standing(self._connection, run_id)

    def runs(
        self,
        context_id: str | None = None,
        package_id: str | None = None,
        device_id: str | None = None,
        *,
        unfinished: bool = False,
        limit: int | None = None,
    ) -> list[RunState]:
        """Runs without their steps, the newest last."""
        return runs.listed(
            self._connection,
            context_id=context_id,
            package_id=package_id,
            device_id=device_id,
            unfinished=unfinished,
            limit=limit,
        )

    def snapshots(self, package_id: str) -> list[str]:
        """The digests of a package's snapshots in this home, oldest first."""
        table = schema.snapshots
        chosen = (
            select(table.c.digest)
            .where(table.c.package_id == package_id)
            .order_by(table.c.created_at, table.c.digest)
        )
        return list(self._connection.execute(chosen).scalars())

    def component_numbers(self, digest: str) -> Mapping[str, int]:
        """The numbers of a snapshot's components, by id; none when it was never packed."""
        chosen = select(schema.snapshots.c.component_numbers).where(schema.snapshots.c.digest == digest)
        return self._connection.execute(chosen).scalar() or {}

    def packed(self, context_id: str, package_id: str | None = None) -> list[PackedVersion]:
        """What was packed in a context, of one package or of all, in the order of that."""
        table = schema.packed
        chosen = (
            select(table)
            .where(table.c.context_id == context_id)
            .order_by(table.c.at, table.c.package_id, table.c.version)
        )
        if package_id is not None:
            chosen = chosen.where(table.c.package_id == package_id)
        return [PackedVersion(**row) for row in self._connection.execute(chosen).mappings()]

    def publications(self, context_id: str, package_id: str) -> list[Publication]:
        """The published versions of a package's components in a context, by component and number."""
        table, packed = schema.publications, schema.packed
        columns = (column for column in table.c if column.name not in ("context_id", "package_id"))
        chosen = (
            select(*columns, packed.c.snapshot_digest, packed.c.at, packed.c.by)
            .join(packed)
            .where(table.c.context_id == context_id, table.c.package_id == package_id)
            .order_by(table.c.component_id, table.c.number)
        )
        return [Publication(**row) for row in self._connection.execute(chosen).mappings()]

    def unused_snapshots(self, gone: Collection[str] = ()) -> list[Stored]:
        """The snapshots that nothing points at, oldest first, once those with the digests `gone` are.

        That is no version of any context, packed or not, no unfinished run of a workflow, and no snapshot
        that depends on it, used or not.
        """
        table, needed = schema.snapshots, schema.snapshot_dependencies
        used = union(
            select(schema.package_versions.c.snapshot_digest),
            select(schema.packed.c.snapshot_digest),
            select(schema.runs.c.snapshot_digest).where(schema.runs.c.status == "running"),
            select(needed.c.depends_on).where(needed.c.digest.not_in(gone)),
        )
        chosen = (
            select(table.c.digest, table.c.name, table.c.version, table.c.created_at)
            .where(table.c.digest.not_in(used), table.c.digest.not_in(gone))
            .order_by(table.c.created_at)
        )
        return [Stored(**row) for row in self._connection.execute(chosen).mappings()]

    def all_snapshots(self) -> list[str]:
        """The digests of all snapshots in this home."""
        return list(self._connection.execute(select(schema.snapshots.c.digest)).scalars())

    def activations(self, context_id: str, package_id: str) -> list[Activation]:
        """What was made active in a context, oldest first."""
        table = schema.activations
        chosen = (
            select(table)
            .where(table.c.context_id == context_id, table.c.package_id == package_id)
            .order_by(table.c.sequence)
        )
        return [Activation(**row) for row in self._connection.execute(chosen).mappings()]

    def sequence(self) -> int:
        """The number of the last change; changes are numbered from 1, without gaps, as they are committed."""
        return self._connection.execute(select(func.max(schema.changes.c.sequence))).scalar() or 0

    def changes(self, after: int = 0) -> list[Change]:
        """The changes with a greater number, in order."""
        table = schema.changes
        chosen = select(table).where(table.c.sequence > after).order_by(table.c.sequence)
        return [Change(**row) for row in self._connection.execute(chosen).mappings()]

    def state(
        self, device: str, known: State | None = None, arrivals: states.Arrivals | None = None
    ) -> State:
        """What is active on `device` in every context.

        Costs one resolution per package and context; with a `known` earlier state of the same device, only
        for the contexts that have changed since, or for which something has arrived. Without `arrivals`
        every snapshot is here and every record is taken as it is.
        """
        arrivals = arrivals or states.Arrivals(None, self._beliefs)
        sequence = self.sequence()
        if known is None or not 0 < known.sequence <= sequence:
            return states.afresh(self._connection, device, sequence, arrivals)
        touched = arrivals.served()
        if known.sequence == sequence and not touched:
            return known
        changes = self.changes(known.sequence)
        touched.update(one.context_id for one in changes if one.context_id is not None)
        news = {one.key for one in changes if one.kind == schema.package_versions.name}
        return states.updated(self._connection, device, sequence, known, touched, news, arrivals)

    def _believed(self, context_id: str, stored: Sequence[Package]) -> list[Package]:
        """Of records of one context, those that are, or what was believed before in their place."""
        context = self.context(context_id)
        if context is None:
            return []
        roster = self.roster(context_id)
        signed = states.signed_packages(self._connection, [context_id])
        removals = states.removals(self._connection, [context_id])
        believed = [
            self._beliefs.package(
                one,
                roster,
                context.kind,
                removal=removals.get((context_id, one.package_id)),
                has_signed_versions=(context_id, one.package_id) in signed,
                remember=self.remembers,
            )
            for one in stored
        ]
        return [one for one in believed if one is not None]
