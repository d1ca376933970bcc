"""A package as its author's project folder."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from peers_runtime.base import errors
from peers_runtime.model import versions
from peers_runtime.model.manifest import Metadata, Requires
from peers_runtime.snapshots import layout, requirements, settings
from peers_runtime.snapshots.source import GROUP, Source, only_entry_point


def read(folder: Path) -> Source:
    """Read a project: `pyproject.toml`, and the import package beside it or under `src/`.

    Symbolic links are followed; hidden files, caches and compiled code are left out.
    """
    folder = folder.resolve()
    pyproject = folder / "pyproject.toml"
    project, tool = _tables(pyproject)
    name, reference = only_entry_point(_entry_points(project, pyproject), str(pyproject))
    peers = settings.read(tool.get("peers", {}))
    needed = requirements.normalise(_needed(project, pyproject), f"{pyproject}: [project] dependencies")
    package_folder = _package_folder(folder, name)
    return Source(
        name=name,
        version=_version(project, pyproject),
        reference=reference,
        files=dict(_files(package_folder / name, name, frozenset())) if package_folder else {},
        requires=Requires(
            private=peers.private,
            shared=requirements.without(sorted({*needed, *peers.shared}), peers.private),
        ),
        metadata=_metadata(project),
        folder=str(folder),
        package_folder=str(package_folder) if package_folder else None,
        dependencies=peers.dependencies,
        budget_ms=peers.budget_ms,
    )


def _tables(pyproject: Path) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    try:
        data = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise errors.NoPackageThere(
            f"{pyproject.parent} holds no package: there is no pyproject.toml in it",
            hint=f"a package is a project with an entry point in the group {GROUP!r}, or a wheel of one",
            where=str(pyproject.parent),
        ) from None
    except OSError as error:
        raise _unreadable(pyproject, error) from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise errors.InvalidDefinition(
            f"{pyproject} cannot be understood: {error}", hint="mend the file", path=str(pyproject)
        ) from error
    project, tool = data.get("project"), data.get("tool", {})
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


def _version(project: Mapping[str, Any], pyproject: Path) -> str:
    version: object = project.get("version")
    if isinstance(version, str):
        return versions.from_wheel(version, f"{pyproject}: [project] version")
    dynamic: object = project.get("dynamic", ())
    if isinstance(dynamic, list) and "version" in dynamic:
        raise errors.InvalidVersion(
            f"{pyproject}: [project] version is dynamic, so a folder does not say which version it is",
            hint='write version = "1.2.0" in [project], or install a wheel that the build backend made',
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


def _package_folder(folder: Path, name: str) -> Path | None:
    """The folder that contains the import package: the project's own or `src/` in it."""
    candidates = [place for place in (folder, folder / "src") if (place / name).is_dir()]
    regular = [place for place in candidates if (place / name / "__init__.py").is_file()]
    found = regular or [place for place in candidates if any((place / name).rglob("*.py"))]
    if len(found) > 1:
        raise errors.InvalidDefinition(
            f"the import package {name} lies beside pyproject.toml and also under src/",
            hint="keep one of the two folders",
            folder=str(folder),
        )
    return found[0] if found else None


def _files(folder: Path, prefix: str, above: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    here = os.path.realpath(folder)
    if here in above:  # a symbolic link to a folder above itself
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise _unreadable(folder, error) from error
    for entry in entries:
        path = f"{prefix}/{entry.name}"
        if entry.is_dir():
            if layout.keeps_folder(entry.name):
                yield from _files(Path(entry.path), path, above | {here})
        elif entry.is_file() and layout.keeps_file(entry.name):
            yield _utf8(path), _bytes(Path(entry.path))


def _utf8(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError as error:
        raise errors.InvalidDefinition(
            f"the file name {path!r} is not UTF-8", hint="rename the file", path=repr(path)
        ) from error
    return path


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> errors.NoPackageThere:
    return errors.NoPackageThere(
        f"{path} cannot be read: {error.strerror}", hint="see to its permissions", where=str(path)
    )
