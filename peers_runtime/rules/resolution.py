"""Which version of a package a context uses on this device: one pure function over records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peers_runtime.model.catalog import DevicePrefs, Package, PackageVersion


@dataclass(frozen=True)
class Resolution:
    """The version, or None, and the reason in words; every door prints the same ones."""

    version: PackageVersion | None
    reason: str


def resolve(
    package: Package | None, versions: Sequence[PackageVersion], prefs: DevicePrefs | None, device: str
) -> Resolution:
    """The version of `package` that is active on `device`.

    In this order: a package that is absent or disabled has none; what this device chose; what the
    context chose. A dev version of another device is never used.
    """
    if package is None:
        return Resolution(None, "the package is not installed in this context")
    if package.disabled:
        return Resolution(None, "the package is disabled in this context")
    usable = {
        version.package_version_id: version for version in versions if version.device_id in (None, device)
    }
    if prefs is not None and prefs.active_version_id is not None:
        chosen = usable.get(prefs.active_version_id)
        if chosen is not None:
            return Resolution(chosen, f"this device chose {_shown(chosen)}")
    if package.active_version_id is not None:
        chosen = usable.get(package.active_version_id)
        if chosen is not None:
            return Resolution(chosen, f"the context uses {_shown(chosen)}")
    return Resolution(None, "no version was activated, here or for the context")


def _shown(version: PackageVersion) -> str:
    return f"{version.version} ({version.version_tag})"
