"""A package index, asked by pip: what requirements resolve to, and the wheels themselves.

pip runs in a process of its own and reads the user's own configuration, so that indexes, proxies and
credentials are those that everything else is installed with. Where the environment has no pip, uv brings it.
Nothing is built and nothing is installed: only wheels are asked for.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name, parse_wheel_filename

from peers_runtime.base import errors
from peers_runtime.model.manifest import PrivateEntry

_QUIET = ("--quiet", "--no-input", "--disable-pip-version-check", "--no-color")
_PURE = ("--only-binary", ":all:", "--implementation", "py", "--abi", "none", "--platform", "any")
_TOLD = 12  # lines of what pip says


@dataclass(frozen=True)
class Candidate:
    """A distribution that a requirement resolved to; `filename` is that of the wheel that pip would take."""

    name: str  # canonical
    version: str
    filename: str
    extras: tuple[str, ...]


def resolve(
    requirements: Sequence[str],
    host: Mapping[str, str],
    kept: Mapping[str, str],
    index: str | None = None,
) -> tuple[Candidate, ...]:
    """What these requirements need together, by name, without the distributions of the `host`.

    `host` and `kept` are versions by name: nothing else may be chosen of these. Costs requests to the index,
    whose address is `index` or the one that pip is configured for. Raises `Unresolvable` or `NoResolver`.
    """
    with _folder() as folder:
        pins = {**host, **kept}
        constraints = folder / "constraints.txt"
        constraints.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()))
        report = folder / "report.json"
        # So that the index need not have what the host has: an empty wheel stands for each.
        stand_ins = _stand_ins(folder, host)
        run = _pip(
            "install",
            *("--dry-run", "--ignore-installed", "--only-binary", ":all:", "--report", str(report)),
            *("--constraint", str(constraints), "--find-links", str(stand_ins)),
            *_at(index),
            *requirements,
        )
        if run.returncode:
            raise errors.Unresolvable(
                f"{', '.join(requirements)} cannot be resolved: {_said(run)}",
                hint="widen the ranges; what the host shares counts as the host has it, unless private too",
                requirements=tuple(requirements),
            )
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    candidates = map(_candidate, found)
    return tuple(sorted((one for one in candidates if one.name not in host), key=lambda one: one.name))


def download(candidates: Sequence[Candidate], index: str | None = None) -> list[tuple[str, bytes]]:
    """Their wheels as (file name, bytes), pure ones, in the order of the candidates.

    Raises `CompiledDistribution` for one that has no pure wheel, `NoResolver`, or `WheelUnavailable`.
    """
    wheels = _downloaded([f"{one.name}=={one.version}" for one in candidates], index)
    if isinstance(wheels, str):
        raise _not_given(candidates, wheels, index)
    by_name = {str(parse_wheel_filename(filename)[0]): (filename, data) for filename, data in wheels}
    return [by_name[one.name] for one in candidates]


def _not_given(
    candidates: Sequence[Candidate], said: str, index: str | None
) -> errors.CompiledDistribution | errors.WheelUnavailable:
    """Why there are no pure wheels of all: of each that pip would take another of, one is asked for alone."""
    for one in candidates:
        is_pure = one.filename.endswith("-none-any.whl")
        if not is_pure and isinstance(_downloaded([f"{one.name}=={one.version}"], index), str):
            return errors.CompiledDistribution(
                f"{one.name} {one.version} cannot be private: the index has no pure wheel of it, "
                f"only such as {one.filename}; a process has compiled code once only",
                hint="share it with the host: name it in [project] dependencies, not in `private`",
                filename=one.filename,
            )
    names = ", ".join(one.filename for one in candidates)
    return errors.WheelUnavailable(f"the index does not give all of {names}: {said}", hint="try again")


def fetch(locked: Sequence[PrivateEntry], index: str | None = None) -> list[tuple[str, bytes]]:
    """The very wheels that are locked, verified by their digests, in that order.

    Raises `WheelUnavailable` or `NoResolver`.
    """
    wheels = _downloaded(
        [f"{one.name}=={one.version} --hash=sha256:{one.wheel.digest}" for one in locked], index
    )
    if isinstance(wheels, str):
        raise errors.WheelUnavailable(
            f"{', '.join(one.wheel.path for one in locked)} cannot be had: {wheels}",
            hint="see whether the index can be reached; or install the packed wheel, which carries them",
            wheels=tuple(one.wheel.path for one in locked),
        )
    by_name = dict(wheels)
    return [(one.wheel.path, by_name[one.wheel.path]) for one in locked]


def _downloaded(requirements: Sequence[str], index: str | None) -> list[tuple[str, bytes]] | str:
    """The pure wheels of exact versions, by file name; or why they cannot be had."""
    with _folder() as folder:
        listed = folder / "requirements.txt"
        listed.write_text("".join(f"{text}\n" for text in requirements))
        wheels = folder / "wheels"
        run = _pip(
            "download", "--no-deps", *_PURE, "--dest", str(wheels), *_at(index), "--requirement", str(listed)
        )
        if run.returncode:
            return _said(run)
        return [(path.name, path.read_bytes()) for path in sorted(wheels.iterdir())]


def _candidate(installed: Mapping[str, Any]) -> Candidate:
    metadata = installed["metadata"]
    url = urlsplit(installed["download_info"]["url"])
    return Candidate(
        name=canonicalize_name(metadata["name"]),
        version=metadata["version"],
        filename=unquote(url.path).rpartition("/")[2],
        extras=tuple(sorted(installed.get("requested_extras", ()))),
    )


def _stand_ins(folder: Path, host: Mapping[str, str]) -> Path:
    target = folder / "host"
    target.mkdir()
    for name, version in host.items():
        stem = f"{name.replace('-', '_')}-{version}"
        info = f"{stem}.dist-info"
        with zipfile.ZipFile(target / f"{stem}-py3-none-any.whl", "w") as archive:
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            archive.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{info}/RECORD", "")
    return target


def _at(index: str | None) -> Iterator[str]:
    if index is not None:
        yield from ("--index-url", index)


def _pip(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_program(), command, *_QUIET, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PIP_REQUIRE_VIRTUALENV": "0"},  # nothing is installed
    )


def _program() -> list[str]:
    """pip for this interpreter. Raises `NoResolver`."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    beside = os.path.dirname(sys.executable)
    uv = shutil.which("uv", path=os.pathsep.join((beside, os.environ.get("PATH", os.defpath))))
    if uv is not None:
        return [uv, "tool", "run", "--quiet", "--python", sys.executable, "pip"]
    raise errors.NoResolver(
        "neither pip nor uv is there to ask the package index",
        hint=f"{sys.executable} -m ensurepip",
    )


def _said(run: subprocess.CompletedProcess[str]) -> str:
    """The last lines of what pip wrote about its failure, without its marks."""
    lines = [line.removeprefix("ERROR: ").strip() for line in run.stderr.splitlines()]
    told = [line for line in lines if line and not line.startswith(("WARNING:", "[notice]", "DEPRECATION:"))]
    return " / ".join(told[-_TOLD:]) or f"pip ended with {run.returncode}"


@contextmanager
def _folder() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="peers-index-") as name:
        yield Path(name)
