"""What a package can be rolled back to, in a context or on a device that goes its own way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peers_runtime.model.catalog import DevicePrefs, PackageVersion, VersionTag
from peers_runtime.model.versions import precedence
from peers_runtime.operations.facts import Installed, installed
from peers_runtime.rules import permissions, resolution
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services


def choices(services: Services, name: str, context_id: str, actor: str) -> Sequence[PackageVersion]:
    """The versions that `rollback` would take, that which it takes by itself before all others.

    Those are the newest first. None where a rollback would be refused, whatever the reason. Raises what
    `facts.installed` does.
    """
    with services.catalog.read() as reader:
        before = installed(reader, services, name, context_id, actor, Act.CHOOSE)
        current = left(before, services.device)
        if current is None or not _may(before):
            return []
        first = former(services, reader, before, current)
    if first is not None and not before.arrivals.admits(first):
        first = None
    others = sorted(older(before, current), key=lambda one: precedence(one.version), reverse=True)
    return others if first is None else [first, *(one for one in others if one != first)]


def left(before: Installed, device: str) -> PackageVersion | None:
    """What a rollback would leave: of the context, whatever this device runs, unless it goes its own way."""
    own_way = before.chosen.override
    found = before.live(device) if own_way else once_arrived(before, None, device)
    return None if found is None or found.version_tag is VersionTag.DEV else found


def former(
    services: Services, reader: Reader, before: Installed, current: PackageVersion
) -> PackageVersion | None:
    """What was active before `current` in the log of the context, or of this device on its own way."""
    device = services.device if before.chosen.override else None
    rows = {one.package_version_id: one for one in before.versions}
    log = [
        rows[one.package_version_id]
        for one in reader.activations(before.package.context_id, before.package.package_id)
        if one.device_id == device and one.package_version_id in rows
    ]
    places = [place for place, one in enumerate(log) if one.package_version_id == current.package_version_id]
    earlier = reversed(log[: places[-1]] if places else log)
    return next((one for one in earlier if _is_older(one, current)), None)


def older(before: Installed, current: PackageVersion) -> Sequence[PackageVersion]:
    """The released versions that may be used and are older, whether they were ever active or not."""
    return [one for one in before.versions if _is_older(one, current) and before.arrivals.admits(one)]


def once_arrived(of: Installed, prefs: DevicePrefs | None, device: str) -> PackageVersion | None:
    """What `device` runs with these preferences, None being those of the context, once all has arrived."""
    doubted = frozenset(one.package_version_id for one in of.versions if not of.arrivals.admits(one))
    return resolution.resolve(of.package, of.versions, prefs, of.kind, device, None, doubted).version


def _is_older(one: PackageVersion, current: PackageVersion) -> bool:
    is_released = one.version_tag is not VersionTag.DEV and not one.yanked
    return is_released and precedence(one.version) < precedence(current.version)


def _may(before: Installed) -> bool:
    judged = permissions.judge(Act.ROLL_BACK, before.role, before.kind)
    return before.chosen.override or isinstance(judged, permissions.Allowed)
