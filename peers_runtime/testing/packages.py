"""A package in a test: built from strings or a folder, active in a context, and looked at."""

from __future__ import annotations

import hashlib
import os
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors, ids
from peers_runtime.operations import faults

if TYPE_CHECKING:
    from peers_runtime import PackageVersion, Runtime
    from peers_runtime.activation.context import DataContext
    from peers_runtime.contributions.uis import Rendered

_PYPROJECT = """\
[project]
name = "{name}"
version = "{version}"
dependencies = ["peers-runtime"]

[project.entry-points."peers.packages"]
{name} = "{name}.package:package"
"""
_DEFINITION = """\
from peers_runtime import define_package

@define_package
def package(pkg):
    pkg.package_id = "{package_id}"
{body}
"""

_OURS = str(Path(__file__).parents[1]) + os.sep


@dataclass(frozen=True)
class Package:
    """A version that is active in a context, in a test."""

    runtime: Runtime
    context: DataContext
    installed: PackageVersion

    @property
    def name(self) -> str:
        return self.installed.name

    @property
    def version(self) -> str:
        return self.installed.version

    def render(self, path: str, props: Mapping[str, Any] | None = None) -> Rendered:
        """What a path or a UI's id shows. Raises AssertionError where a host would show an error card."""
        __tracebackhide__ = True  # pytest shows the test's line
        shown = self.context.render(path, props)
        if shown.error is not None:
            error = shown.error
            place = f" ({error.place})" if error.place else ""
            said = f"{path} shows an error: {error.code} {error.message}{place}"
            raise AssertionError(f"{said}\nhelp: {error.hint}" if error.hint else said)
        return shown

    def html(self, path: str, props: Mapping[str, Any] | None = None) -> str:
        """The same as HTML, as a page would hold it. Raises what it answered with does when it is asked."""
        __tracebackhide__ = True
        shown = self.render(path, props)
        own = getattr(shown.content, "__html__", None)  # what fails in it would be a card in a page
        return shown.__html__() if own is None else str(own())


class Packages:
    """What the fixture `peers_package` is; each call makes one package active, and answers with it."""

    def __init__(self, runtime: Runtime, test: Path, folder: Path) -> None:
        self._runtime = runtime
        self._test = test
        self._folder = folder

    def __call__(
        self,
        source: str | os.PathLike[str] | Mapping[str, str] | None = None,
        *,
        name: str = "sample",
        version: str = "1.0.0",
        definition: str = "",
        context: str = "personal",
    ) -> Package:
        """Install a package into a context, which is made when there is none of that name.

        `source` is a project's folder or a wheel; a relative one begins at the project that the test belongs
        to, the nearest folder above it with a pyproject.toml, which is the default. Or it is a mapping: the
        texts of files by their paths in the import package `name`, indented as the test is. Around them stand
        a `pyproject.toml` of that `version`, an empty `__init__.py` and a `package.py`, in whose definition
        the lines `definition` stand; a file of the mapping takes its place. Packages of one name have one id.
        Raises what `Runtime.install` raises, and `InvalidSetting` for another `source`.
        """
        __tracebackhide__ = True  # pytest shows the test's line
        _check(source)
        if context not in {one.context_id for one in self._runtime.contexts.list()}:
            self._runtime.contexts.create(context, kind="group")
        if isinstance(source, Mapping):
            place = self._write(source, name, version, definition)
        else:
            place = self._project() / (source or "")
        try:
            installed = self._runtime.install(place, context=context)
        except errors.PeersError as error:
            for one in faults.causes(error):
                one.__traceback__ = _from_theirs(one.__traceback__)
            raise error.with_traceback(None)  # noqa: B904  # the very same error, without our frames
        return Package(self._runtime, self._runtime.context(context), installed)

    def id(self, *words: str) -> str:
        """A permanent id, the same for the same words: for packages that are written as strings."""
        return ids.make(0, int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:10]))

    def _project(self) -> Path:
        __tracebackhide__ = True
        for folder in self._test.parents:
            if (folder / "pyproject.toml").is_file():
                return folder
        raise errors.NoPackageThere(
            f"no folder above {self._test} holds a pyproject.toml",
            hint="give the project's folder: peers_package(FOLDER)",
            where=str(self._test),
        )

    def _write(self, files: Mapping[str, str], name: str, version: str, definition: str) -> Path:
        number = sum(1 for _ in self._folder.iterdir()) if self._folder.is_dir() else 0
        project = self._folder / str(number)
        body = textwrap.indent(textwrap.dedent(definition).strip("\n"), "    ")
        written = {
            "__init__.py": "",
            "package.py": _DEFINITION.format(package_id=self.id(name), body=body),
            **{path: textwrap.dedent(text) for path, text in files.items()},
        }
        for path, text in written.items():
            target = project / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        pyproject = _PYPROJECT.format(name=name, version=version)
        (project / "pyproject.toml").write_text(pyproject, encoding="utf-8")
        return project


def _check(source: object) -> None:
    __tracebackhide__ = True
    if isinstance(source, Mapping):
        wrong = [each for pair in source.items() for each in pair if not isinstance(each, str)]
        given = f"a mapping with {wrong[0]!r}" if wrong else ""
    else:
        given = "" if source is None or isinstance(source, str | os.PathLike) else repr(source)
    if given:
        raise errors.InvalidSetting(
            f"peers_package was given {given}, which is no source of a package",
            hint='give a folder, a wheel, or texts of files: peers_package({"tools.py": "…"})',
        )


def _from_theirs(at: TracebackType | None) -> TracebackType | None:
    """From the first frame on that is of the author's, if there is one."""
    while at is not None and at.tb_frame.f_code.co_filename.startswith((_OURS, "<frozen ")):
        at = at.tb_next
    return at
