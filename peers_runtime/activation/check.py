"""What must hold before a set of versions may be switched to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.contributions import conflicts
from peers_runtime.contributions import routes as contributed_routes

if TYPE_CHECKING:
    from peers_runtime.activation.active_set import ActiveSet
    from peers_runtime.activation.versions import ActiveVersion


def no_conflicts(active: ActiveSet) -> None:
    """Every id has one owner. Raises `ContributionConflict` naming both."""
    conflicts.check([(version.label, version.definition) for version in active.versions.values()])


def loads(version: ActiveVersion) -> None:
    """The definition and the routes module import. Raises `ActivationFailed` with the package's own error."""
    definition = version.definition
    try:
        version.realm.load(definition.reference)
        if definition.routes_module is not None:
            contributed_routes.check(version)
    except errors.PeersError:
        raise
    except Exception as error:
        raise errors.ActivationFailed(
            version.logical(f"{version.label} could not be loaded: {type(error).__name__}: {error}"),
            hint="mend the package and install it again; what was active before is still serving",
            package=version.name,
            version=version.package.version,
        ) from error
