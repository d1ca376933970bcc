"""Choosing, disabling and removing what is active in a context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peers_runtime.model.catalog import DevicePrefs, PackageVersion
from peers_runtime.operations import access
from peers_runtime.operations.facts import Facts, facts
from peers_runtime.operations.plan import Plan, carry_out
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services


def activate(services: Services, name: str, version: str, context_id: str, actor: str) -> PackageVersion:
    """Make a version this device's choice in a context; a disabled package is enabled again.

    Raises `UnknownPackage`, `UnknownVersion`, `RoleTooLow`, `ContributionConflict`,
    `SharedVersionMismatch` or `ActivationFailed`; what was active before is then still serving.
    """

    def plan(reader: Reader) -> Plan:
        before = _find(reader, services, name, context_id, actor, Act.ACTIVATE_DEV)
        assert before.package is not None  # `_find` has found it
        chosen = access.version(before.versions, version, services.device, before.package)
        prefs = before.prefs or DevicePrefs(context_id=context_id, package_id=chosen.package_id)
        after = Facts(
            before.package.model_copy(update={"disabled": False}),
            before.versions,
            prefs.model_copy(update={"active_version_id": chosen.package_version_id}),
        )
        return Plan(context_id, chosen.package_id, actor, before, after)

    done = carry_out(services, plan)
    assert done.after.prefs is not None  # the plan has set it
    return next(
        one for one in done.after.versions if one.package_version_id == done.after.prefs.active_version_id
    )


def disable(services: Services, name: str, context_id: str, actor: str) -> None:
    """Let a package have no active version in a context, until one is activated again; its rows stay."""

    def plan(reader: Reader) -> Plan:
        before = _find(reader, services, name, context_id, actor, Act.DISABLE)
        assert before.package is not None  # `_find` has found it
        package = before.package.model_copy(update={"disabled": True})
        return Plan(
            context_id, package.package_id, actor, before, Facts(package, before.versions, before.prefs)
        )

    carry_out(services, plan)


def uninstall(services: Services, name: str, context_id: str, actor: str) -> None:
    """Remove a package, its versions and this device's choices from a context. Its tables' rows stay."""

    def plan(reader: Reader) -> Plan:
        before = _find(reader, services, name, context_id, actor, Act.UNINSTALL)
        assert before.package is not None  # `_find` has found it
        return Plan(context_id, before.package.package_id, actor, before, Facts(None, (), None))

    carry_out(services, plan)


def _find(reader: Reader, services: Services, name: str, context_id: str, actor: str, act: Act) -> Facts:
    access.authorise(reader, context_id, actor, act)
    package = access.package(reader, context_id, name)
    return facts(reader, services, context_id, package.package_id)
