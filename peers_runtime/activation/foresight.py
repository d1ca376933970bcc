"""Whether a set of versions could be switched to, as far as that is seen without loading any."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from peers_runtime.activation import check
from peers_runtime.activation.active_set import ActiveSet
from peers_runtime.activation.binding import Binding
from peers_runtime.activation.versions import ActiveVersion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peers_runtime.activation.engine import Engine
    from peers_runtime.contracts.registry import Moved
    from peers_runtime.model.active import ActivePackage


def look(
    engine: Engine, context_id: str, before: Sequence[ActivePackage], after: Sequence[ActivePackage]
) -> Sequence[Moved]:
    """Whom the consumers would get a contract from, in a context that has the versions `before`.

    Raises what `check.together` finds wrong with those `after`. The engine hears nothing of it: a
    version that it does not hold is made for this look alone.
    """
    now = engine.bindings.get(context_id)
    living = {} if now is None else {version.package.key: version for version in now.versions.values()}

    def version_of(package: ActivePackage) -> ActiveVersion:
        return living.get(package.key) or ActiveVersion(package, engine.memory, _never)

    def generation(packages: Sequence[ActivePackage], number: int) -> Binding:
        return Binding(context_id, ActiveSet(packages, version_of, engine.memory, engine.live), number)

    then, would_be = generation(before, 0), generation(after, 1)
    check.together(then, would_be)
    return check.moved(then, would_be)


def _never(*loaded: object) -> NoReturn:
    raise AssertionError(f"{loaded} were loaded, although this was only a look")
