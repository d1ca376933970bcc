"""From what a definition says as data back to the author's own object, imported on first use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from peers_runtime.authoring.package import PackageBuilder, PackageDefinition
from peers_runtime.contributions.ports import Contributor, package_of, version_of

Item = TypeVar("Item")


def load(
    contributor: Contributor,
    reference: str | None,
    listed: Callable[[PackageBuilder], Sequence[Any]],
    is_it: Callable[[Any], bool],
    kind: type[Item],
) -> Item:
    """The object of `kind` under its `reference`, else the one that `is_it` among those that are `listed`.

    Raises what the package's own code raises, and LookupError when the definition no longer has it.
    """
    if reference is not None:
        found = contributor.load(reference)
        if isinstance(found, kind) and is_it(found):
            return found
    definition = contributor.load(contributor.definition.reference)
    if isinstance(definition, PackageDefinition):
        for one in listed(definition.evaluate(package_of(contributor), version_of(contributor))):
            if is_it(one):
                return one  # type: ignore[no-any-return]  # the definition has checked its kind
    raise LookupError(f"the definition no longer has the {kind.__name__.lower()} that it had when captured")
