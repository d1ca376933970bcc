"""What the catalog says of one package in one context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from peers_runtime.model.catalog import ContextKind, DevicePrefs, Package, PackageVersion, Removal, Role
from peers_runtime.operations import access
from peers_runtime.rules import arriving, resolution
from peers_runtime.rules.roster import Roster

if TYPE_CHECKING:
    from peers_runtime.catalog.states import Arrivals
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services
    from peers_runtime.rules.permissions import Act


@dataclass(frozen=True)
class Facts:
    """What the catalog says of one package in one context, for one device.

    `arrivals` say which versions may be used: whole in this home, where their snapshots may have to be
    fetched first, and not under quarantine. `stored` is the package's record as it stands in the catalog,
    which `package` is not when it is under quarantine; `removal`, that it was uninstalled before. `roster` is
    who is what in the context.
    """

    kind: ContextKind
    package: Package | None
    versions: Sequence[PackageVersion]
    prefs: DevicePrefs | None
    arrivals: Arrivals = field(kw_only=True, compare=False, repr=False)
    stored: Package | None = field(default=None, kw_only=True, compare=False, repr=False)
    removal: Removal | None = field(default=None, kw_only=True, compare=False, repr=False)
    roster: Roster = field(default_factory=Roster, kw_only=True, compare=False, repr=False)

    def resolved(self, device: str) -> resolution.Resolution:
        """What is active on `device` as far as these facts go, and why."""
        of_package = self.package, self.versions, self.prefs, self.kind, device
        found, _ = arriving.resolve(*of_package, self.arrivals.has, self.arrivals.admits)
        return found

    def live(self, device: str) -> PackageVersion | None:
        """The version that is active on `device` as far as these facts go."""
        return self.resolved(device).version


@dataclass(frozen=True)
class Installed(Facts):
    """Of a package that is there, with what an actor is in its context."""

    package: Package
    role: Role

    @property
    def chosen(self) -> DevicePrefs:
        """What this device chose, also when that is nothing yet."""
        return self.prefs or DevicePrefs(
            context_id=self.package.context_id, package_id=self.package.package_id
        )


def facts(reader: Reader, services: Services, context_id: str, package_id: str) -> Facts:
    """Raises `UnknownContext`, and `SignatureInvalid` for a package whose record nobody can believe."""
    return Facts(
        access.context(reader, context_id).kind,
        access.believed(reader, context_id, package_id),
        tuple(reader.versions(context_id, package_id)),
        reader.prefs(services.device, context_id, package_id),
        arrivals=services.catalog.arrivals,
        stored=reader.stored_package(context_id, package_id),
        removal=reader.removal(context_id, package_id),
        roster=reader.roster(context_id),
    )


def installed(
    reader: Reader, services: Services, name_or_id: str, context_id: str, actor: str, act: Act
) -> Installed:
    """Of a package for somebody who may do `act`.

    Raises `UnknownContext`, `RoleTooLow`, `UnknownPackage`, or `SignatureInvalid` as `facts` does.
    """
    kind = access.authorise(reader, context_id, actor, act).kind
    package = access.package(reader, context_id, name_or_id)
    return Installed(
        kind,
        package,
        tuple(reader.versions(context_id, package.package_id)),
        reader.prefs(services.device, context_id, package.package_id),
        reader.role(context_id, actor),
        arrivals=services.catalog.arrivals,
        stored=reader.stored_package(context_id, package.package_id),
        removal=reader.removal(context_id, package.package_id),
        roster=reader.roster(context_id),
    )
