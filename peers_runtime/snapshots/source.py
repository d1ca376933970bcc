"""What a project holds, read but not yet run, and the checks that every source passes."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.manifest import Dependency, Manifest, Metadata, PrivateEntry, Requires
from peers_runtime.model.modules import ModuleFile
from peers_runtime.snapshots import layout, requirements
from peers_runtime.snapshots.blobs import digest_of

if TYPE_CHECKING:
    from peers_runtime.snapshots.private import PrivateDistribution

GROUP = "peers.packages"  # the entry point group that makes a distribution a package

# Packages get these from the host whether they declare them or not, so no package may be called so.
_HOST_NAMES = frozenset({"peers", "peers_runtime", "peers_packages", "pydantic", "pluggy"})
_IMPORT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REFERENCE = re.compile(r"(?P<module>\w+(?:\.\w+)*):(?P<attribute>\w+(?:\.\w+)*)")


@dataclass(frozen=True)
class Source:
    """A package as its author left it.

    `files` are what its wheel would hold, by posix path starting with the import package's folder.
    `folder` is the project's folder and `package_folder` the one that contains the import package; both
    are absolute, and None for what is not an author's working copy.
    """

    name: str  # the import name
    version: str  # a Semantic Version
    reference: str  # "notes.package:package"
    files: Mapping[str, bytes] = field(repr=False)
    requires: Requires = field(default_factory=Requires)
    metadata: Metadata = field(default_factory=Metadata)
    folder: str | None = None
    package_folder: str | None = None
    dependencies: tuple[Dependency, ...] = ()  # the packages that it depends on itself, as they are locked
    private: tuple[PrivateEntry, ...] = ()  # what `requires.private` was resolved to
    carried: Mapping[str, PrivateDistribution] = field(
        default_factory=dict[str, "PrivateDistribution"], repr=False
    )  # those of them that came with it, by digest
    budget_ms: float | None = None  # what the author allows one reload to take
    packed: Manifest | None = field(default=None, repr=False)  # what a packed wheel says of itself
    # What follows from the files; given by who knows it already.
    digests: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)  # path -> SHA-256
    modules: Mapping[str, ModuleFile] = field(default_factory=dict[str, ModuleFile], repr=False)

    def __post_init__(self) -> None:
        """Raises `InvalidDefinition`, `ReservedName`, `NoPackageThere`, `InvalidPackageDependency`."""
        files = dict(sorted(self.files.items()))
        known = self.digests
        digests = {path: known.get(path) or digest_of(data) for path, data in files.items()}
        modules = self.modules or layout.modules(files)
        for name, value in (("files", files), ("digests", digests), ("modules", modules)):
            object.__setattr__(self, name, MappingProxyType(dict(value)))
        _check_name(self.name)
        if not self.files:
            raise errors.NoPackageThere(
                f"there is no package {self.name!r}: a folder {self.name}/ with Python files is needed",
                hint=f"the entry point's key in {GROUP!r} names the folder; a single module cannot be one",
                name=self.name,
            )
        _check_shared(self.name, self.requires.shared)
        _check_private(self.name, self.private)
        _check_dependencies(self.name, self.dependencies, self.private)
        _check_reference(self.name, self.reference, self.modules)


def is_import_name(text: str) -> bool:
    return _IMPORT_NAME.fullmatch(text) is not None and not keyword.iskeyword(text)


def refuse_reserved(name: str) -> None:
    """Raises `ReservedName` for the import name of something that every package has from elsewhere."""
    if name in sys.stdlib_module_names:
        raise _reserved(name, "the Python standard library")
    if name in _HOST_NAMES:
        raise _reserved(name, "the host")


def only_entry_point(entry_points: Mapping[str, str], where: str) -> tuple[str, str]:
    """The one (import name, reference) of a distribution; raises `NoPackageThere` for none or several."""
    if len(entry_points) == 1:
        return next(iter(entry_points.items()))
    if entry_points:
        raise errors.NoPackageThere(
            f"{where} has {len(entry_points)} entry points in {GROUP!r}: {', '.join(sorted(entry_points))}",
            hint="a distribution holds exactly one package: keep one entry point",
            where=where,
        )
    raise errors.NoPackageThere(
        f"{where} holds no package: it has no entry point in the group {GROUP!r}",
        hint=f'add to pyproject.toml: [project.entry-points."{GROUP}"] notes = "notes.package:package"',
        where=where,
    )


def _check_name(name: str) -> None:
    if not is_import_name(name):
        raise errors.InvalidDefinition(
            f"the entry point's key is {name!r}, which is no import name",
            hint='its key is the import name: notes = "notes.package:package"',
            name=name,
        )
    refuse_reserved(name)


def _check_shared(name: str, shared: tuple[str, ...]) -> None:
    for requirement in shared:
        if name in requirements.own_import_names(requirement):
            raise _reserved(name, f"the shared library {requirement!r}")


def _check_private(name: str, private: tuple[PrivateEntry, ...]) -> None:
    for one in private:
        if name in one.imports:
            raise _reserved(name, f"the private distribution {one.name}")


def _check_dependencies(
    name: str, dependencies: tuple[Dependency, ...], private: tuple[PrivateEntry, ...]
) -> None:
    """Each has an import name of its own in the package that depends on it."""
    owners = {root: f"the private distribution {one.name}" for one in private for root in one.imports}
    for one in dependencies:
        owner = "the package itself" if one.name == name else owners.get(one.name)
        if owner is not None:
            raise errors.InvalidPackageDependency(
                f"{name} depends on the package {one.label}, "
                f"and in it the import name {one.name!r} belongs to {owner}",
                hint=f"depend on one of the two: peers deps remove {one.name}",
                package=name,
                conflicts=[one.label, owner],
            )
        owners[one.name] = f"the package {one.label}"


def _reserved(name: str, owner: str) -> errors.ReservedName:
    return errors.ReservedName(
        f"the import name {name!r} belongs to {owner}", hint="give the import package another name", name=name
    )


def _check_reference(name: str, reference: str, modules: Mapping[str, ModuleFile]) -> None:
    match = _REFERENCE.fullmatch(reference)
    if match is None or match["module"].partition(".")[0] != name:
        raise errors.InvalidDefinition(
            f"the entry point {name} = {reference!r} does not name an object in the package {name!r}",
            hint=f'write it as: {name} = "{name}.package:package"',
            reference=reference,
        )
    module = modules.get(match["module"])
    if module is None or module.path is None:
        raise errors.InvalidDefinition(
            f"the entry point {name} = {reference!r} names the module {match['module']}, which is not there",
            hint=f"write the definition in {match['module'].replace('.', '/')}.py, or name the right module",
            reference=reference,
        )
