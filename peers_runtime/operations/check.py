"""All that is wrong with a project, as far as it can be told at once; nothing is installed or stored.

Whatever an installation or packing would refuse is an error. What it would not, and an author may want to
know, is a warning.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from peers_runtime.base import errors, remarks
from peers_runtime.model import versions
from peers_runtime.model.projects import Checked, Problem
from peers_runtime.operations import access, capture, faults
from peers_runtime.operations.placing import PYPROJECT, Place, Places
from peers_runtime.projects import environment, left_out, packing, sources
from peers_runtime.rules import written

if TYPE_CHECKING:
    from peers_runtime.model.manifest import Manifest
    from peers_runtime.operations.services import Services
    from peers_runtime.projects.packing import Project
    from peers_runtime.snapshots.source import Source

_THEIRS: Final = (errors.PackageError, errors.UsageError, errors.Conflict)  # what a project is to blame for
_OF_CODE: Final = (errors.CompilationError, errors.DefinitionFailed)
_OF_IMPORTS: Final = frozenset({remarks.MODULE_MISSING.code, remarks.IMPORT_UNDECLARED.code})
_NOT_OURS: Final = frozenset({"build", "dist", "node_modules", "site-packages", "venv"})


def check(services: Services, path: str | os.PathLike[str], version: str | None = None) -> Checked:
    """`version` is the one that the project is to be of, where [project] leaves it dynamic.

    Package code runs, as for an installation, unless the host lacks what it needs; after an error of its
    definition it goes on as far as it can. Raises `NoPackageThere` for what
    is no folder with a pyproject.toml, `InvalidVersion`, and what is wrong with the home.
    """
    if version is not None:
        access.require_name(version, "a version")
        versions.check(version)
    folder = sources.folder(path).resolve()
    found = _Findings(Places(folder))
    try:
        project = packing.read(folder, version)
    except _THEIRS as error:
        if not (folder / PYPROJECT).is_file():
            raise
        found.refused(error)
        return Checked(folder=str(folder), problems=found.sorted())
    source = project.source
    found = _Findings(Places(folder, source))
    _compile(services, source, found)
    can_run = _has_what_it_needs(source, found)
    _remark_on_files(project, folder, found)
    _remark_on_imports(source, found, declared_too=can_run)
    manifest = _captured(services, project, found) if can_run else None
    if manifest is not None:
        _remark_on_contents(source, manifest, found)
    return Checked(
        folder=str(folder),
        name=source.name,
        version=source.version,
        digest=None if manifest is None or found.any_error else manifest.id,
        problems=found.sorted(),
    )


class _Findings:
    """What was found so far."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.any_error = False
        self._problems: list[Problem] = []
        self._told: set[tuple[str, Place, str]] = set()

    def refused(self, error: errors.PeersError) -> None:
        place = self.places.of_error(error)
        self.any_error = True
        message = faults.without_place(error.message)
        # code that fails may be imported, or compiled, more than once
        told = (error.code, place, "" if isinstance(error, _OF_CODE) else message)
        if told in self._told:
            return
        self._told.add(told)
        self._problems.append(
            Problem(
                code=error.code,
                name=type(error).__name__,
                severity="error",
                message=message,
                hint=error.hint,
                path=place.path,
                line=place.line,
                source=self.places.text(place),
            )
        )

    def remark(self, kind: remarks.Kind, place: Place, message: str, hint: str = "") -> None:
        self._problems.append(
            Problem(
                code=kind.code,
                name=kind.name,
                severity="warning",
                message=message,
                hint=hint,
                path=place.path,
                line=place.line,
                source=self.places.text(place),
            )
        )

    def sorted(self) -> tuple[Problem, ...]:
        """Errors first, in the order of the files; no warning of an import that is an error already."""
        refused = {(one.path, one.line) for one in self._problems if one.severity == "error"}
        told = [
            one
            for one in self._problems
            if one.code not in _OF_IMPORTS or (one.path, one.line) not in refused
        ]
        return tuple(sorted(told, key=lambda one: (one.severity, one.path, one.line, one.code)))


def _compile(services: Services, source: Source, found: _Findings) -> None:
    """Every module, so that every one that does not compile is told."""
    draft = services.snapshots.draft(source)
    for name, module in source.modules.items():
        if module.path is None:
            continue
        try:
            draft.code(draft.digest, name, os.path.join(source.package_folder or "", module.path))
        except errors.CompilationError as error:
            if all(part.isidentifier() for part in name.split(".")):
                found.refused(error)


def _has_what_it_needs(source: Source, found: _Findings) -> bool:
    """Whether the host has what the package shares with it."""
    try:
        environment.check(source.requires, source.private, f"{source.name} {source.version}")
    except _THEIRS as error:
        found.refused(error)
        return False
    return True


def _captured(services: Services, project: Project, found: _Findings) -> Manifest | None:
    try:
        captured = capture.capture(services, project.source, refused=found.refused)
        packing.wheel(project, captured.manifest, services.snapshots.wheel)
    except _THEIRS as error:
        found.refused(error)
        return None
    return captured.manifest


# ── remarks ──────────────────────────────────────────────────────────────────────────────────────


def _remark_on_files(project: Project, folder: Path, found: _Findings) -> None:
    of_files = left_out.remarks(project.source)
    for text in of_files:
        found.remark(remarks.LEFT_OUT, found.places.file(text.partition(" is ")[0].rstrip("/")), text)
    for text in project.warnings:
        if text not in of_files:
            found.remark(remarks.METADATA_LEFT_OUT, Place(PYPROJECT), text)
    if not any(_tests(folder)):
        found.remark(
            remarks.NO_TESTS,
            Place(PYPROJECT),
            f"{project.source.name} has no tests",
            hint="write one in tests/, with the pytest fixture peers_package",
        )


def _remark_on_imports(source: Source, found: _Findings, *, declared_too: bool) -> None:
    known = _declared(source) if declared_too else None
    for name, module in source.modules.items():
        tree = None if module.path is None else written.tree(source.files[module.path])
        for one in () if tree is None else written.imports(tree, name, module):
            place = found.places.of_module(name, one.line)
            root = one.module.partition(".")[0]
            if place is None:
                continue
            if root == source.name and one.module not in source.modules:
                found.remark(
                    remarks.MODULE_MISSING,
                    place,
                    f"{name} imports {one.module}, and {source.name} has no such module",
                    hint=f"make it, or correct the import in {name}",
                )
            elif known is not None and root not in known:
                found.remark(
                    remarks.IMPORT_UNDECLARED,
                    place,
                    f"{name} imports {one.module}, which {source.name} does not declare",
                    hint="add its distribution to [project] dependencies in pyproject.toml",
                )


def _remark_on_contents(source: Source, manifest: Manifest, found: _Findings) -> None:
    """A UI's function is looked for when it is shown; that its module names one is seen now."""
    for ui in manifest.definition.uis:
        module, _, attribute = (ui.reference or "").partition(":")
        file = source.modules.get(module)
        tree = None if file is None or file.path is None else written.tree(source.files[file.path])
        listed = found.places.of_module(manifest.definition.uis_module or "")
        if tree is None or listed is None or not attribute:
            continue
        if not written.defines(tree, attribute.partition(".")[0]):
            found.remark(
                remarks.CONTENT_MISSING,
                found.places.find(listed, ui.reference or ""),
                f"the content of the UI {ui.name!r} is {ui.reference!r}, which {module} does not define",
                hint=f"define {attribute} in {module}, or correct it in {manifest.definition.uis_module}",
            )


def _declared(source: Source) -> frozenset[str]:
    """The first names of all that the package may import."""
    own = [source.name, *(one.name for one in source.dependencies)]
    private: Iterable[str] = (root for one in source.private for root in one.imports)
    shared = environment.import_names(source.requires.shared, source.private)
    return frozenset({*own, *private, *shared, *sys.stdlib_module_names})


def _tests(folder: Path) -> Iterator[str]:
    for _, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _NOT_OURS]
        yield from (
            name
            for name in files
            if name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))
        )
