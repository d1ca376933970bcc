"""What must hold before a set of versions may be switched to."""

from __future__ import annotations

from collections.abc import Container, Generator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.contributions import conflicts, interrupts, registry

if TYPE_CHECKING:
    from peers_runtime.activation.active_set import ActiveSet
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contributions.registry import HostSpecs


def no_conflicts(active: ActiveSet, new: Container[str]) -> None:
    """What the `new` versions (by label) contribute belongs to nobody else.

    Raises `ContributionConflict` naming both. Versions that cannot be read, and quarrels between others,
    are no concern of this act.
    """
    for conflict in conflicts.conflicts([(one.label, one.definition) for one in active.sound]):
        owners = conflict.facts["owners"]
        if isinstance(owners, list) and any(owner in new for owner in owners):
            raise conflict


def starts(version: ActiveVersion, specs: Sequence[HostSpecs]) -> None:
    """Its hooks fit the host's, and its definition and routes import.

    Raises `InvalidHook`, or `ActivationFailed` with the package's own error as its cause.
    """
    definition = version.definition
    registry.check(version, specs)
    with _own_faults(version):
        version.realm.load(definition.reference)
        if definition.routes_module is not None:
            version.realm.module(definition.routes_module)


def takes_over(
    version: ActiveVersion, previous: ActiveVersion | None, data: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Its `peers_activated` returns, for the current context. Raises `ActivationFailed` as `starts`."""
    with _own_faults(version):
        version.announce(previous.package.version if previous is not None else None, data)


@contextmanager
def _own_faults(version: ActiveVersion) -> Generator[None]:
    try:
        yield
    except errors.PeersError:
        raise
    except BaseException as error:
        if interrupts.is_interrupt(error):
            raise
        shown = version.logical(f"{type(error).__name__}: {error}")
        raise errors.ActivationFailed(
            f"{version.label} could not be started: {shown}",
            hint="mend the package and install it again; what was active before is still serving",
            package=version.name,
            version=version.package.version,
        ) from error
