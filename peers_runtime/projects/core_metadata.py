"""What a wheel's dist-info says of its project: METADATA, entry points and license files.

The only home of pyproject-metadata.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyproject_metadata
from pyproject_metadata import StandardMetadata

from peers_runtime.base import errors
from peers_runtime.model import versions
from peers_runtime.projects import wheels


@dataclass(frozen=True)
class CoreMetadata:
    """`files` are those of the dist-info folder, by their path in it; `warnings` are for the author."""

    stem: str  # "acme_notes-1.2.0": how the wheel and its dist-info folder begin
    files: Mapping[str, bytes]
    warnings: tuple[str, ...]


def read(table: Mapping[str, Any], folder: Path, version: str) -> CoreMetadata:
    """`table` is [project] of the pyproject.toml in `folder`; the files that it names are read there.

    What it leaves to a build backend is missing, but for the version. Raises `InvalidDefinition`.
    """
    dynamic = table.get("dynamic", [])
    if not isinstance(dynamic, list):  # which pyproject-metadata fails to say
        raise _refused(folder, f"[project] dynamic is {dynamic!r}, but it must be a list")
    spelled = versions.to_wheel(version)
    stated = {**table, "version": spelled, "dynamic": [field for field in dynamic if field != "version"]}
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = StandardMetadata.from_pyproject({"project": stated}, folder, allow_extra_keys=False)
        metadata = found.as_rfc822().as_bytes()
        licenses = {
            f"licenses/{path.as_posix()}": (folder / path).read_bytes() for path in found.license_files or ()
        }
    except (pyproject_metadata.ConfigurationError, OSError, UnicodeDecodeError) as error:
        raise _refused(folder, str(error)) from error
    missing = [
        f"[project] leaves {field!r} to a build backend, so METADATA lacks it" for field in found.dynamic
    ]
    return CoreMetadata(
        stem=wheels.stem(found.name, spelled),
        files={"METADATA": metadata, "entry_points.txt": _entry_points(found), **licenses},
        warnings=(*missing, *(str(one.message) for one in caught)),
    )


def _entry_points(metadata: StandardMetadata) -> bytes:
    groups = {
        **metadata.entrypoints,
        "console_scripts": metadata.scripts,
        "gui_scripts": metadata.gui_scripts,
    }
    sections = [
        "".join((f"[{group}]\n", *(f"{name} = {target}\n" for name, target in sorted(points.items()))))
        for group, points in sorted(groups.items())
        if points
    ]
    return "\n".join(sections).encode()


def _refused(folder: Path, fault: str) -> errors.InvalidDefinition:
    pyproject = str(folder / "pyproject.toml")
    return errors.InvalidDefinition(
        f"{pyproject} makes no METADATA: {fault}",
        hint="mend it in [project], or the file that is named there",
        path=pyproject,
    )
