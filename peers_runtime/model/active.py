"""The light records that a host starts from: what is active where, and its routes and apps.

They are read from the activation index by plain JSON, so this module imports nothing; a thousand
packages must cost no more than reading the file.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    Key = tuple[str, str, str | None]


class ActivePackage:
    """One package version as a host needs it at start. `origin` is the author's folder of a dev version."""

    __slots__ = ("app_navs", "digest", "name", "origin", "package_id", "routes", "version")

    def __init__(
        self,
        name: str,
        package_id: str,
        version: str,
        digest: str,
        routes: Sequence[Sequence[Any]],
        app_navs: Sequence[Mapping[str, Any]],
        origin: str | None = None,
    ) -> None:
        self.name = name
        self.package_id = package_id
        self.version = version
        self.digest = digest
        self.routes = routes
        self.app_navs = app_navs
        self.origin = origin

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def key(self) -> Key:
        """Two packages with equal keys are the same code: import name, snapshot digest, origin."""
        return self.name, self.digest, self.origin

    def __repr__(self) -> str:
        return f"<ActivePackage {self.label}>"


class State:
    """Everything that is active on this device, as of catalog change `sequence`.

    `packages` are the distinct package versions; `sets` are the distinct active sets, as tuples of
    positions in `packages`; `contexts` maps a context id to (kind, position in `sets`, roles by actor),
    which contexts with equal ones share; `names` are the import names of all installed
    packages, active or not. So memory grows with distinct sets, not with contexts.
    """

    __slots__ = ("contexts", "names", "packages", "sequence", "sets")

    def __init__(
        self,
        sequence: int,
        packages: Sequence[ActivePackage],
        sets: Sequence[Sequence[int]],
        contexts: Mapping[str, Sequence[Any]],
        names: Sequence[str],
    ) -> None:
        self.sequence = sequence
        self.names = names
        self.packages = packages
        self.sets = sets
        self.contexts = contexts

    def active(self, context_id: str) -> list[ActivePackage]:
        """The active packages of a context, sorted by import name. Raises KeyError for an unknown context."""
        return [self.packages[position] for position in self.sets[self.contexts[context_id][1]]]
