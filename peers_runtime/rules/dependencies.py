"""What a package depends on through the packages that it depends on, and whether that can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from peers_runtime.base import errors
from peers_runtime.model.manifest import Dependency
from peers_runtime.model.versions import precedence

Needs = Callable[[Dependency], Sequence[Dependency]]  # what one of them depends on itself


def closure(
    name: str, direct: Sequence[Dependency], needs: Needs, version: str = "", package_id: str = ""
) -> tuple[Dependency, ...]:
    """All that a package depends on, each version once, by name and version.

    Several versions of one package may be among them: each is imported only by those that depend on it.
    Without the `package_id`, which only its code says, the package itself is known by its name; a project
    that is being edited may have no `version`.

    Raises `CircularDependency` with the path when a package depends on any version of itself, and
    `InvalidPackageDependency` for one version with two contents. Costs one look at each.
    """
    label = f"{name} {version}".rstrip()
    found: dict[str, Dependency] = {}
    finished: set[str] = set()

    def visit(one: Dependency, above: tuple[Dependency, ...]) -> None:
        path = (*above, one)
        if one.name == name or one.project_id == package_id:
            raise circular([label, *(each.label for each in path)])
        for place, earlier in enumerate(above):
            if earlier.project_id == one.project_id:
                raise circular([each.label for each in path[place:]])
        known = found.setdefault(one.key, one)
        if known.digest != one.digest:
            raise errors.InvalidPackageDependency(
                f"{label} depends on {one.label} with two contents: "
                f"{known.digest[:12]} and, through {_path(path)}, {one.digest[:12]}",
                hint="let all of them depend on one build of it, and lock again: peers deps update",
                package=name,
                conflicts=[f"{each.label} {each.digest}" for each in (known, one)],
            )
        if one.digest not in finished:
            for each in needs(one):
                visit(each, path)
            finished.add(one.digest)

    for one in direct:
        visit(one, ())
    return tuple(sorted(found.values(), key=lambda one: (one.name, precedence(one.version), one.key)))


def circular(path: list[str]) -> errors.CircularDependency:
    """That the first of these depends on the last, which is the same package, through those between."""
    return errors.CircularDependency(
        f"a package depends on itself: {' -> '.join(path)}",
        hint="let one of them do without the other: what they exchange can be a contract",
        path=path,
    )


def _path(packages: Iterable[Dependency]) -> str:
    return " -> ".join(one.label for one in packages)
