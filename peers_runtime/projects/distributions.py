"""A package as a distribution installed in this environment."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from packaging.metadata import parse_email
from pydantic import ValidationError

from peers_runtime.base import errors
from peers_runtime.model import versions
from peers_runtime.model.manifest import Manifest, PrivateEntry
from peers_runtime.projects import packed as packed_wheel
from peers_runtime.projects import private_wheels, wheels
from peers_runtime.projects.working_copy import WorkingCopy
from peers_runtime.snapshots import layout
from peers_runtime.snapshots.private import PrivateDistribution
from peers_runtime.snapshots.source import GROUP, Source, only_entry_point


@dataclass(frozen=True)
class AvailableDistribution:
    """A distribution of this environment that holds a package; `version` as its metadata spells it."""

    name: str  # the import name
    version: str
    distribution: str


def available() -> list[AvailableDistribution]:
    """The packages that this environment could install from, by name. Reads metadata only."""
    found = {
        AvailableDistribution(entry_point.name, entry_point.dist.version, entry_point.dist.name)
        for entry_point in metadata.entry_points(group=GROUP)
        if entry_point.dist is not None
    }
    return sorted(found, key=lambda each: (each.name, each.distribution))


def read(name: str) -> Source:
    """Read the distribution whose entry point has this name; an editable one from its project's folder."""
    distribution = _distribution(name)
    where = f"the distribution {distribution.name} {distribution.version}"
    project = _editable_folder(distribution)
    if project is not None:
        source = WorkingCopy(project).read()
        if source.name != name:
            raise errors.NoPackageThere(
                f"{where} was installed from {project}, where the package is now called {source.name!r}",
                hint="install the distribution again",
                where=str(project),
            )
        return source
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    raw, _ = parse_email(text)
    packed = _packed(distribution, where)
    own = {each.name: each.value for each in distribution.entry_points if each.group == GROUP}
    _, reference = only_entry_point(own, where)
    return Source(
        name=name,
        version=versions.from_wheel(distribution.version, where),
        reference=reference,
        files=_files(distribution, name, where),
        requires=packed.requires if packed is not None else wheels.requires(raw),
        private=packed.private if packed is not None else (),
        dependencies=packed.dependencies if packed is not None else (),
        carried=_carried(distribution, packed.private, where) if packed is not None else {},
        metadata=wheels.description(raw),
    )


def _packed(distribution: metadata.Distribution, where: str) -> Manifest | None:
    """What a packed wheel that was installed says of itself. Raises `NoPackageThere` when that is damaged."""
    text = distribution.read_text(packed_wheel.MANIFEST)
    try:
        return None if text is None else Manifest.model_validate_json(text)
    except ValidationError as error:
        raise _damaged(where, f"{packed_wheel.MANIFEST} is no manifest of this format") from error


def _carried(
    distribution: metadata.Distribution, private: Iterable[PrivateEntry], where: str
) -> dict[str, PrivateDistribution]:
    """The private distributions that were installed along with it, as wheels."""
    places = {Path(str(file)).name: file for file in distribution.files or () if file.suffix == ".whl"}
    found = {}
    for one in private:
        place = places.get(one.wheel.path)
        if place is None:
            raise _damaged(where, f"{one.wheel.path} is missing")
        read = private_wheels.read(_bytes(Path(str(place.locate())), where), one.wheel.path)
        if read.entry(one.extras) != one:
            raise _damaged(where, f"{one.wheel.path} is another one")
        found[one.digest] = read
    return found


def _distribution(name: str) -> metadata.Distribution:
    found = {
        entry_point.dist.name: entry_point.dist
        for entry_point in metadata.entry_points(group=GROUP, name=name)
        if entry_point.dist is not None
    }
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise errors.NoPackageThere(
            f"several distributions have an entry point {name!r} in {GROUP!r}: {', '.join(sorted(found))}",
            hint="keep one of them in this environment",
            where=f"entry-point:{name}",
        )
    raise errors.NoPackageThere(
        f"no distribution of this environment has an entry point {name!r} in the group {GROUP!r}",
        hint=_what_is_there(each.name for each in available()),
        where=f"entry-point:{name}",
    )


def _what_is_there(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f"there are: {listed}" if listed else "install the distribution into this environment first"


def _editable_folder(distribution: metadata.Distribution) -> Path | None:
    """The project's folder by PEP 610, when the distribution was installed in place."""
    from urllib.request import url2pathname  # with all of HTTP, for the few that were

    try:
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
        url = urlsplit(origin["url"])
        is_editable = origin["dir_info"]["editable"] is True
    except (ValueError, KeyError, TypeError):
        return None
    return Path(url2pathname(url.path)) if is_editable and url.scheme == "file" else None


def _files(distribution: metadata.Distribution, name: str, where: str) -> dict[str, bytes]:
    # RECORD itself, because `distribution.files` leaves out what is missing
    rows = csv.reader((distribution.read_text("RECORD") or "").splitlines())
    paths = [row[0] for row in rows if row and row[0].startswith(f"{name}/") and layout.keeps(row[0])]
    return {path: _bytes(Path(str(distribution.locate_file(path))), where) for path in paths}


def _bytes(path: Path, where: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(where, f"{error.filename} cannot be read: {error.strerror}") from error


def _damaged(where: str, fault: str) -> errors.NoPackageThere:
    return errors.NoPackageThere(
        f"{where} is not whole: {fault}", hint="install the distribution again", where=where
    )
