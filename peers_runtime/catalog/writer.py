"""Records into one transaction, each with a row in the feed of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, select, update

from peers_runtime.base import errors
from peers_runtime.catalog import index, runs, schema, variables
from peers_runtime.catalog.beliefs import Beliefs
from peers_runtime.catalog.reader import Reader
from peers_runtime.model.catalog import (
    Context,
    DevicePrefs,
    DevShape,
    FrozenShape,
    Membership,
    Package,
    PackageVersion,
    ProviderChoice,
    Removal,
    Role,
    VersionTag,
)
from peers_runtime.model.components import PackedVersion, Publication
from peers_runtime.model.manifest import Manifest
from peers_runtime.model.variables import Address, StoredVariable
from peers_runtime.model.workflows import RunState, StepState
from peers_runtime.rules import contracts, roster


class Writer(Reader):
    """Reads what it has written. Each `put_…` makes or replaces one record; an equal one is no change."""

    remembers = False  # what it reads may never be committed

    def __init__(self, connection: Connection, beliefs: Beliefs) -> None:
        super().__init__(connection, beliefs)
        self._last: int | None = None  # the number of the last change made here

    @property
    def has_changed(self) -> bool:
        return self._last is not None

    def put_context(self, context: Context, creator: str | None = None) -> None:
        """`creator` becomes Owner of a context that is made now, and has signed nothing by that."""
        is_new = self.context(context.context_id) is None
        self._put(schema.contexts, context.model_dump(), context.context_id, context.context_id)
        if is_new and creator is not None:
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            nobody = roster.Roster()
            self.put_membership(
                roster.changed(nobody, context.context_id, creator, Role.OWNER, (), creator, at)
            )

    def put_membership(self, change: Membership) -> None:
        """The next change of a context's members, in the place of whatever is there and not believed.

        Raises `UnknownContext`.
        """
        self._require_context(change.context_id)
        table = schema.memberships
        is_beyond = and_(table.c.context_id == change.context_id, table.c.number > change.number)
        self._connection.execute(delete(table).where(is_beyond))
        row = {**change.model_dump(), "public_keys": list(change.public_keys)}
        self._put(table, row, change.context_id, str(change.number))

    def put_package(self, package: Package) -> None:
        """Raises `UnknownContext`, and `NameTaken` when another package there has the import name."""
        self._require_context(package.context_id)
        table = schema.packages
        owner = self._connection.execute(
            select(table.c.package_id).where(
                table.c.context_id == package.context_id,
                table.c.name == package.name,
                table.c.package_id != package.package_id,
            )
        ).scalar()
        if owner is not None:
            raise errors.NameTaken(
                f"context {package.context_id!r} has another package with the import name {package.name!r}"
                f" ({owner})",
                hint=f"uninstall it first: peers uninstall {package.name} --context {package.context_id}",
                context=package.context_id,
                name=package.name,
                owner=owner,
            )
        row = package.model_dump(exclude={"publish_key_changes"})
        row["publish_key_changes"] = [one.wire() for one in package.publish_key_changes]
        self._put(table, row, package.context_id, package.package_id)

    def put_version(self, version: PackageVersion) -> None:
        """Raises `UnknownPackage`, `UnknownVersion` for a snapshot that was not put, and `VersionExists`.

        A promoted version keeps its snapshot for ever; a dev version may be pointed at another one.
        """
        self._require_package(version.context_id, version.package_id)
        self._require_snapshot(version)
        self._refuse_second(version)
        row = version.model_dump(exclude={"app_navs", "history"})
        row["version_tag"] = str(version.version_tag)
        row["app_navs"] = [app_nav.wire() for app_nav in version.app_navs]
        row["history"] = [entry.wire() for entry in version.history]
        self._put(schema.package_versions, row, version.context_id, version.package_version_id)

    def put_prefs(self, device: str, prefs: DevicePrefs) -> None:
        """What `device` chose, sealed with the home's key. Raises `UnknownPackage`, `KeyExposed`."""
        self._require_package(prefs.context_id, prefs.package_id)
        row = {"device_id": device, **prefs.model_dump(), "seal": self._beliefs.seal(device, prefs)}
        self._put(schema.device_prefs, row, prefs.context_id, f"{device}/{prefs.package_id}")

    def seal_prefs(self, device: str) -> None:
        """Take over what this device chose before preferences were sealed; that says nothing new."""
        table = schema.device_prefs
        found = self._connection.execute(select(table).where(table.c.device_id == device)).mappings().all()
        for row in found:
            fields = {str(name): value for name, value in row.items() if name not in ("device_id", "seal")}
            seal = self._beliefs.seal(device, DevicePrefs(**fields))
            self._connection.execute(update(table).where(self._is(table, dict(row))).values(seal=seal))

    def put_frozen_shape(self, frozen: FrozenShape) -> None:
        """Keep a contract's shape for ever; an equal one later, from whichever version, is no change.

        Raises `UnknownContext`, and `ContractFrozen` with the differences when another shape is kept already.
        """
        self._require_context(frozen.context_id)
        row = frozen.model_dump()
        found = self._found(schema.frozen_shapes, row)
        if found is None:
            key = f"{frozen.contract_id}/{frozen.version}"
            self._put(schema.frozen_shapes, row, frozen.context_id, key)
        else:
            contracts.refuse_other(FrozenShape(**found), frozen)

    def put_variable(self, stored: StoredVariable) -> None:
        """Keep a value in the place of the one before. Raises `UnknownContext`."""
        at = stored.address
        if at.context_id:
            self._require_context(at.context_id)
        if variables.put(self._connection, stored):
            self._changed(at.context_id or None, schema.variables.name, variables.key(at))

    def remove_variable(self, at: Address) -> None:
        """Keep no value there."""
        if variables.remove(self._connection, at):
            self._changed(at.context_id or None, schema.variables.name, variables.key(at))

    def put_run(self, run: RunState) -> None:
        """Nothing that is active depends on it, so it is no change. Raises `UnknownPackage` for a new one."""
        is_new = self.standing(run.run_id) is None
        if is_new:
            self._require_package(run.context_id, run.package_id)
        runs.put(self._connection, run, self._beliefs.seal_of if is_new else None)

    def put_step(self, run_id: str, step: StepState, position: int | None) -> None:
        """How a step of a run ended, or that the workflow that it is began; `position` is a new one's."""
        runs.put_step(self._connection, run_id, step, position, self._beliefs.seal_of)

    def put_snapshot(self, manifest: Manifest) -> None:
        """Its bytes must be in the home already, and on the disk, with all that it depends on.

        The same content at another time is the same snapshot; its components keep the numbers they had.
        """
        row = {
            "digest": manifest.id,
            "package_id": manifest.package_id,
            "name": manifest.name,
            "version": manifest.version,
            "created_at": manifest.created_at,
            "routes": index.route_rows(manifest.definition.routes),
            "app_navs": [app_nav.wire() for app_nav in manifest.definition.app_navs],
            "component_numbers": {
                one.id: one.version for one in manifest.components if one.version is not None
            },
        }
        found = self._found(schema.snapshots, row)
        if found is None:
            self._put(schema.snapshots, row, None, manifest.id)
            needed = [{"digest": manifest.id, "depends_on": one.digest} for one in manifest.dependencies]
            if needed:
                self._connection.execute(insert(schema.snapshot_dependencies), needed)
        elif not found["component_numbers"]:
            numbered = {**found, "component_numbers": row["component_numbers"]}
            self._put(schema.snapshots, numbered, None, manifest.id)

    def put_packed(self, packed: PackedVersion, publications: Sequence[Publication]) -> None:
        """A version that was packed, and the numbers of its components that stand in no version before it.

        Its snapshot must have been put. Raises `UnknownContext`, and `PackageVersionExists` when there is
        one, whatever its content.
        """
        self._require_context(packed.context_id)
        row = packed.model_dump()
        if self._found(schema.packed, row) is not None:
            raise errors.PackageVersionExists(
                f"{packed.name} {packed.version} was packed in context {packed.context_id!r} before",
                hint="raise the version in pyproject.toml",
                package=packed.name,
                version=packed.version,
                context=packed.context_id,
            )
        self._put(schema.packed, row, packed.context_id, f"{packed.package_id}/{packed.version}")
        of_packed = {"snapshot_digest", "at", "by"}
        owner = {"context_id": packed.context_id, "package_id": packed.package_id}
        rows = [{**owner, **one.model_dump(exclude=of_packed)} for one in publications]
        if rows:
            self._connection.execute(insert(schema.publications), rows)

    def remove_snapshot(self, digest: str) -> None:
        """Of which no version is left; its bytes are for the caller to remove, after the commit."""
        table = schema.snapshots
        removed = self._connection.execute(delete(table).where(table.c.digest == digest))
        if removed.rowcount:
            self._changed(None, table.name, digest)

    def put_activation(
        self,
        context_id: str,
        package_id: str,
        package_version_id: str | None,
        by: str,
        at: str,
        device: str | None = None,
    ) -> None:
        """Note that a version became active, for all or for one `device`. It decides nothing by itself."""
        self._require_package(context_id, package_id)
        row = {
            "sequence": self._changed(context_id, schema.activations.name, package_id),
            "context_id": context_id,
            "package_id": package_id,
            "device_id": device,
            "package_version_id": package_version_id,
            "by": by,
            "at": at,
        }
        self._connection.execute(insert(schema.activations).values(row))

    def remove_package(self, context_id: str, package_id: str) -> None:
        """With its versions, preferences and activations there; snapshots and rows of tables stay."""
        table = schema.packages
        removed = self._connection.execute(
            delete(table).where(table.c.context_id == context_id, table.c.package_id == package_id)
        )
        if removed.rowcount:
            self._changed(context_id, table.name, package_id)

    def put_dev_shape(self, seen: DevShape) -> None:
        """In place of what was seen before; the same shape again is no change. Raises `UnknownContext`."""
        self._require_context(seen.context_id)
        row = seen.model_dump()
        found = self._found(schema.dev_shapes, row)
        if found is None or found["digest"] != seen.digest:
            key = f"{seen.contract_id}@{seen.version}"
            self._put(schema.dev_shapes, row, seen.context_id, key)

    def put_provider_choice(self, choice: ProviderChoice) -> None:
        """Raises `UnknownContext`."""
        self._require_context(choice.context_id)
        key = f"{choice.contract_id}@{choice.version}"
        self._put(schema.provider_choices, choice.model_dump(), choice.context_id, key)

    def remove_provider_choice(self, context_id: str, contract_id: str, version: int) -> None:
        table = schema.provider_choices
        is_it = and_(
            table.c.context_id == context_id, table.c.contract_id == contract_id, table.c.version == version
        )
        if self._connection.execute(delete(table).where(is_it)).rowcount:
            self._changed(context_id, table.name, f"{contract_id}@{version}")

    def put_removal(self, removal: Removal) -> None:
        """For devices that know the package as it was. Raises `UnknownContext`."""
        self._require_context(removal.context_id)
        self._put(schema.removals, removal.model_dump(), removal.context_id, removal.package_id)

    def _put(self, table: Table, row: Mapping[str, Any], context_id: str | None, key: str) -> None:
        found = self._found(table, row)
        if found is None:
            self._connection.execute(insert(table).values(row))
        elif found != row:
            self._connection.execute(update(table).where(self._is(table, row)).values(row))
        else:
            return
        self._changed(context_id, table.name, key)

    def _found(self, table: Table, row: Mapping[str, Any]) -> dict[str, Any] | None:
        stored = self._connection.execute(select(table).where(self._is(table, row))).mappings().first()
        return None if stored is None else dict(stored)

    def _is(self, table: Table, row: Mapping[str, Any]) -> Any:
        return and_(*(column == row[column.name] for column in table.primary_key.columns))

    def _changed(self, context_id: str | None, kind: str, key: str) -> int:
        """Number one change. Nobody else can take the number: only one writer is at work."""
        sequence = (self.sequence() if self._last is None else self._last) + 1
        row = {"sequence": sequence, "context_id": context_id, "kind": kind, "key": key}
        self._connection.execute(insert(schema.changes).values(row))
        self._last = sequence
        return sequence

    def _require_context(self, context_id: str) -> None:
        if self.context(context_id) is None:
            raise errors.UnknownContext(
                f"there is no context {context_id!r} in this home",
                hint=f"peers contexts create {context_id}, or look with: peers contexts list",
                context=context_id,
            )

    def _require_package(self, context_id: str, package_id: str) -> None:
        if self._found(schema.packages, {"context_id": context_id, "package_id": package_id}) is None:
            raise errors.UnknownPackage(
                f"package {package_id} is not installed in context {context_id!r}",
                hint=f"peers list --context {context_id}",
                context=context_id,
                package=package_id,
            )

    def _require_snapshot(self, version: PackageVersion) -> None:
        if self._found(schema.snapshots, {"digest": version.snapshot_digest}) is None:
            raise errors.UnknownVersion(
                f"this home has no snapshot {version.snapshot_digest} for {version.name} {version.version}",
                hint="install the package from its source again",
                digest=version.snapshot_digest,
            )

    def _refuse_second(self, version: PackageVersion) -> None:
        """One row per promoted version, with one snapshot for ever; one row per device's dev version."""
        table = schema.package_versions
        same_package = and_(
            table.c.context_id == version.context_id, table.c.package_id == version.package_id
        )
        is_dev = version.version_tag is VersionTag.DEV
        same_version = (
            and_(schema.IS_DEV, table.c.device_id == version.device_id)
            if is_dev
            else and_(schema.IS_PROMOTED, table.c.version == version.version)
        )
        for found in self._connection.execute(select(table).where(same_package, same_version)):
            same_row = found.package_version_id == version.package_version_id
            if same_row and (is_dev or found.snapshot_digest == version.snapshot_digest):
                continue
            what = f"a dev version on device {version.device_id}" if is_dev else f"version {version.version}"
            raise errors.VersionExists(
                f"context {version.context_id!r} has {what} of {version.name} already,"
                f" with snapshot {found.snapshot_digest[:12]}",
                hint=f"look with: peers versions {version.name} --context {version.context_id}",
                context=version.context_id,
                package=version.package_id,
                version=version.version,
            )
