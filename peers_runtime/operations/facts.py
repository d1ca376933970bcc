"""What the catalog says of one package in one context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers_runtime.model.catalog import DevicePrefs, Package, PackageVersion
from peers_runtime.rules import resolution

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services


@dataclass(frozen=True)
class Facts:
    """What the catalog says of one package in one context."""

    package: Package | None
    versions: Sequence[PackageVersion]
    prefs: DevicePrefs | None

    def live(self, device: str) -> PackageVersion | None:
        """The version that is active on `device` as far as these facts go."""
        return resolution.resolve(self.package, self.versions, self.prefs, device).version


def facts(reader: Reader, services: Services, context_id: str, package_id: str) -> Facts:
    return Facts(
        reader.package(context_id, package_id),
        tuple(reader.versions(context_id, package_id)),
        reader.prefs(services.device, context_id, package_id),
    )
