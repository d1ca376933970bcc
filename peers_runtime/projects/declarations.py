"""What a project's pyproject.toml says of its package."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peers_runtime.base import errors
from peers_runtime.model import versions
from peers_runtime.model.manifest import Metadata, Requires
from peers_runtime.projects import settings
from peers_runtime.projects.settings import Settings
from peers_runtime.snapshots import requirements
from peers_runtime.snapshots.source import GROUP, only_entry_point


@dataclass(frozen=True)
class Project:
    """The fields are those of `Source`, before anything is locked."""

    name: str
    version: str
    reference: str
    requires: Requires
    metadata: Metadata
    dependencies: Mapping[str, str]  # import name of a package -> range
    budget_ms: float | None
    table: Mapping[str, Any]  # [project] as it is written


def read(pyproject: Path, data: bytes, version: str | None = None) -> Project:
    """`data` is what the file `pyproject` holds, `version` the one that it is to be of, when that is known.

    Raises what is wrong with it.
    """
    project, tool = _tables(pyproject, data)
    name, reference = only_entry_point(_entry_points(project, pyproject), str(pyproject))
    peers = settings.read(tool.get("peers", {}))
    return Project(
        name=name,
        version=_version(project, pyproject, version),
        reference=reference,
        requires=_requires(project, peers, pyproject),
        metadata=_metadata(project),
        dependencies=peers.dependencies,
        budget_ms=peers.budget_ms,
        table=project,
    )


@dataclass(frozen=True)
class Needs:
    """What a package needs, of distributions and of packages; its `name` is empty where nothing says it."""

    name: str
    requires: Requires
    dependencies: Mapping[str, str]


def needs(pyproject: Path, data: bytes) -> Needs:
    """Whatever else the file lacks. Raises what is wrong with the part that it reads."""
    project, tool = _tables(pyproject, data)
    peers = settings.read(tool.get("peers", {}))
    named = _entry_points(project, pyproject)
    name = next(iter(named)) if len(named) == 1 else ""
    return Needs(name, _requires(project, peers, pyproject), peers.dependencies)


def _requires(project: Mapping[str, Any], peers: Settings, pyproject: Path) -> Requires:
    needed = requirements.normalise(_needed(project, pyproject), f"{pyproject}: [project] dependencies")
    return Requires(
        private=peers.private,
        shared=requirements.without(sorted({*needed, *peers.shared}), peers.private),
    )


def _tables(pyproject: Path, data: bytes) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise errors.InvalidDefinition(
            f"{pyproject} is not UTF-8: {error.reason} {data[error.start]:#04x} at byte {error.start}",
            hint="save it as UTF-8, as TOML has to be",
            path=str(pyproject),
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise errors.InvalidDefinition(
            f"{pyproject} cannot be understood: {error}", hint="mend the file", path=str(pyproject)
        ) from error
    project, tool = tables.get("project"), tables.get("tool", {})
    if not isinstance(project, dict) or not isinstance(tool, dict):
        raise errors.NoPackageThere(
            f"{pyproject} has no table [project]",
            hint=f'add [project] with name and version, and [project.entry-points."{GROUP}"]',
            where=str(pyproject),
        )
    return project, tool


def _entry_points(project: Mapping[str, Any], pyproject: Path) -> Mapping[str, str]:
    group: object = project.get("entry-points", {})
    group = group.get(GROUP, {}) if isinstance(group, dict) else group
    if not isinstance(group, dict) or not all(isinstance(value, str) for value in group.values()):
        raise errors.InvalidDefinition(
            f'{pyproject}: [project.entry-points."{GROUP}"] must be a table of texts',
            hint='write it as: notes = "notes.package:package"',
            path=str(pyproject),
        )
    return group


def _version(project: Mapping[str, Any], pyproject: Path, wanted: str | None) -> str:
    version: object = project.get("version")
    if isinstance(version, str):
        written = versions.from_wheel(version, f"{pyproject}: [project] version")
        if wanted in (None, written):
            return written
        raise errors.InvalidVersion(
            f"{pyproject}: [project] version is {written}, so the package cannot be {wanted}",
            hint=f'write version = "{wanted}" in [project], or ask for no other version',
            provided=wanted,
            expected=written,
        )
    dynamic: object = project.get("dynamic", ())
    if isinstance(dynamic, list) and "version" in dynamic:
        if wanted is not None:
            return wanted
        raise errors.InvalidVersion(
            f"{pyproject}: [project] version is dynamic, so a folder does not say which version it is",
            hint='write version = "1.2.0" in [project], pack it with --version, or install a wheel of it',
            provided="dynamic",
        )
    raise errors.InvalidVersion(
        f"{pyproject}: [project] has no version",
        hint='write version = "1.2.0" in [project]',
        provided=repr(version),
    )


def _needed(project: Mapping[str, Any], pyproject: Path) -> list[str]:
    needed: object = project.get("dependencies", [])
    if isinstance(needed, list) and all(isinstance(item, str) for item in needed):
        dynamic: object = project.get("dynamic", ())
        if not isinstance(dynamic, list) or "dependencies" not in dynamic:
            return needed
    raise errors.InvalidDefinition(
        f"{pyproject}: [project] dependencies must be a list of requirements, written down and not dynamic",
        hint='write dependencies = ["pydantic>=2.13"] in [project], or install a wheel',
        path=str(pyproject),
    )


def _metadata(project: Mapping[str, Any]) -> Metadata:
    authors = project.get("authors") or []
    names = [author.get("name") or author.get("email") for author in authors if isinstance(author, dict)]
    return Metadata(
        author=", ".join(name for name in names if isinstance(name, str)),
        description=str(project.get("description") or ""),
        tags=tuple(sorted(str(keyword) for keyword in project.get("keywords") or ())),
    )
