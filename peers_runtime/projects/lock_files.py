"""`peers.lock`: what the requirements of a project were resolved to, beside its pyproject.toml.

A lock is made when the author says so, and committed. Whoever captures the project reads it and resolves
nothing. Pure: bytes in, records out.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, is_normalized_name
from packaging.version import Version
from pydantic import ValidationError

from peers_runtime.base import errors
from peers_runtime.model.dependencies import Locked, LockedPackage
from peers_runtime.model.manifest import FileEntry, PrivateEntry
from peers_runtime.model.versions import precedence
from peers_runtime.projects import ranges
from peers_runtime.snapshots.blobs import is_digest

NAME: Final = "peers.lock"

_FORMAT = 1
_UPDATE = "peers deps update"
_HEAD = "# What this project's requirements were resolved to. Made by `peers deps`; commit it.\n"


def read(data: bytes, where: str) -> Locked:
    """What lies at `where`. Raises `LockOutdated` for what is no lock of this format."""
    try:
        table = tomllib.loads(data.decode("utf-8"))
        if table["format"] == _FORMAT:
            return Locked(
                asked=table["asked"],
                private=tuple(map(_entry, table.get("private", ()))),
                packages=tuple(map(_package, table.get("package", ()))),
            )
        fault = f"its format is {table['format']}, not {_FORMAT}"
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        fault = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    except KeyError as error:
        fault = f"{error} is missing"
    except (ValueError, TypeError, AttributeError) as error:  # UnicodeDecodeError and TOMLDecodeError too
        fault = str(error)
    hint = f"{_UPDATE} --project {os.path.dirname(where)}"
    raise errors.LockOutdated(f"{where} cannot be used: {fault}", hint=hint, path=where)


def text(locked: Locked) -> str:
    """The file's text; equal locks have one spelling."""
    lines = [_HEAD, f"format = {_FORMAT}", f"asked = {_value(locked.asked)}"]
    for one in locked.private:
        lines += ["", "[[private]]", *_lines(one)]
    for package in sorted(locked.packages, key=lambda one: (one.name, precedence(one.version), one.digest)):
        lines += ["", "[[package]]", *_package_lines(package)]
    return "\n".join(lines) + "\n"


def fitting(locked: Locked | None, asked: Sequence[str], packages: Mapping[str, str], folder: str) -> Locked:
    """What is locked for these normalised requirements, and ranges of packages by name.

    Raises `LockOutdated` when it was made for others.
    """
    trouble = _misfit(locked, asked) or _misfit_of_packages(locked, packages)
    if trouble:
        raise errors.LockOutdated(
            f"{folder}: {trouble}", hint=f"{_UPDATE} --project {folder}", path=folder, asked=tuple(asked)
        )
    return locked or Locked()


def misfit(asked: Sequence[str], private: Sequence[PrivateEntry]) -> str:
    """Why these distributions are not what was asked for; nothing when they are."""
    versions = {one.name: one.version for one in private}
    if len(versions) < len(private):
        return "a distribution is there twice"
    for text in asked:
        requirement = Requirement(text)
        version = versions.get(canonicalize_name(requirement.name))
        if version is None and requirement.marker is None:
            return f"{text} is asked for, and nothing is locked for it"
        if version is not None and not requirement.specifier.contains(version, prereleases=True):
            return f"{text} is asked for, and {requirement.name} {version} is locked"
    return ""


def needs(private: Sequence[PrivateEntry]) -> Iterator[tuple[PrivateEntry, Requirement]]:
    """Who of them needs what on this interpreter: all requirements whose condition holds here."""
    for one in private:
        for text in one.requires:
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *one.extras)):
                yield one, requirement


def host_needs(private: Sequence[PrivateEntry]) -> tuple[str, ...]:
    """What they need of the host on this interpreter, as requirements without their conditions."""
    own = {one.name for one in private}
    found = {
        _unconditional(requirement)
        for _, requirement in needs(private)
        if canonicalize_name(requirement.name) not in own
    }
    return tuple(sorted(found))


def unmet(private: Sequence[PrivateEntry], python: str) -> str:
    """Why they cannot be imported by the interpreter of version `python`, this one; nothing when they can."""
    versions = {one.name: Version(one.version) for one in private}
    for one in private:
        requirement = Requirement(f"python{one.requires_python}") if one.requires_python else None
        if requirement is not None and not requirement.specifier.contains(python, prereleases=True):
            return f"{one.name} {one.version} is for Python {one.requires_python}, this is {python}"
    for one, requirement in needs(private):
        version = versions.get(canonicalize_name(requirement.name))
        if version is not None and not requirement.specifier.contains(version, prereleases=True):
            return f"{one.name} {one.version} needs {requirement}, and {version} is locked"
    return ""


def changes(before: Iterable[PrivateEntry], after: Iterable[PrivateEntry]) -> tuple[str, ...]:
    """In words, by name: `semver 2.13.0 -> 3.0.4`, `+ idna 3.10`, `- six 1.16.0`."""
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    return tuple(
        text for name in sorted({*old, *new}) if (text := _change(name, old.get(name), new.get(name)))
    )


def _change(name: str, before: PrivateEntry | None, after: PrivateEntry | None) -> str:
    if before is None or after is None:
        sign, one = ("+", after) if after is not None else ("-", before)
        assert one is not None
        return f"{sign} {name} {one.version}"
    if before == after:
        return ""
    if before.version == after.version:
        return f"{name} {after.version}: another wheel"
    return f"{name} {before.version} -> {after.version}"


def package_changes(before: Iterable[LockedPackage], after: Iterable[LockedPackage]) -> tuple[str, ...]:
    """As `changes`, of packages, of which several versions of one may be locked."""
    old, new = _by_version(before), _by_version(after)
    words: list[str] = []
    for name in sorted({*old, *new}):
        was, now = old.get(name, {}), new.get(name, {})
        gone, added = ([one for one in each if one not in other] for each, other in ((was, now), (now, was)))
        if len(gone) == len(added) == 1:
            words.append(f"{name} {gone[0]} -> {added[0]}")
        else:
            words += [f"- {name} {version}" for version in gone]
            words += [f"+ {name} {version}" for version in added]
        words += [
            f"{name} {version}: another snapshot"
            for version in was
            if version in now and was[version] != now[version]
        ]
    return tuple(words)


def _by_version(packages: Iterable[LockedPackage]) -> dict[str, dict[str, str]]:
    """Name -> version -> snapshot."""
    found: dict[str, dict[str, str]] = {}
    for one in packages:
        found.setdefault(one.name, {})[one.version] = one.digest
    return found


def _misfit_of_packages(locked: Locked | None, asked: Mapping[str, str]) -> str:
    if locked is None:
        named = ", ".join(f"{name}{version_range}" for name, version_range in asked.items())
        return f"the package {named} is asked for, and there is no {NAME}" if asked else ""
    made = {one.name: one.range for one in locked.packages if one.range}
    if made != asked:
        told = (", ".join(f"{name}{each[name]}" for name in sorted(each)) or "none" for each in (made, asked))
        was, now = told
        return f"{NAME} was made for the packages {was}, and pyproject.toml asks for {now}"
    for one in locked.packages:
        if one.range and not ranges.takes(one.range, one.version):
            return f"{NAME} does not fit: {one.name}{one.range} is asked for, and {one.version} is locked"
    return ""


def _misfit(locked: Locked | None, asked: Sequence[str]) -> str:
    if locked is None:
        return f"{', '.join(asked)} is asked for, and there is no {NAME}" if asked else ""
    if set(locked.asked) != set(asked):
        made, now = (", ".join(sorted(each)) or "nothing" for each in (locked.asked, asked))
        return f"{NAME} was made for {made}, and pyproject.toml asks for {now}"
    trouble = misfit(asked, locked.private)
    return trouble and f"{NAME} does not fit: {trouble}"


def _unconditional(requirement: Requirement) -> str:
    requirement.marker = None
    return str(requirement)


def _lines(one: PrivateEntry) -> Iterator[str]:
    yield f"name = {_value(one.name)}"
    yield f"version = {_value(one.version)}"
    yield f"wheel = {_value(one.wheel.path)}"
    yield f"sha256 = {_value(one.wheel.digest)}"
    yield f"size = {one.wheel.size}"
    yield f"content = {_value(one.digest)}"
    yield f"imports = {_value(one.imports)}"
    if one.extras:
        yield f"extras = {_value(one.extras)}"
    if one.requires:
        yield f"requires = {_value(one.requires)}"
    if one.requires_python:
        yield f"requires-python = {_value(one.requires_python)}"


def _package_lines(one: LockedPackage) -> Iterator[str]:
    yield f"name = {_value(one.name)}"
    yield f"id = {_value(one.project_id)}"
    yield f"version = {_value(one.version)}"
    yield f"snapshot = {_value(one.digest)}"
    if one.range:
        yield f"range = {_value(one.range)}"


def _package(table: dict[str, Any]) -> LockedPackage:
    return LockedPackage(
        name=table["name"],
        project_id=table["id"],
        version=table["version"],
        digest=table["snapshot"],
        range=table.get("range", ""),
    )


def _entry(table: dict[str, Any]) -> PrivateEntry:
    for digest in (table["content"], table["sha256"]):
        if not is_digest(digest):
            raise ValueError(f"{digest!r} is no SHA-256")
    if not is_normalized_name(table["name"]):
        raise ValueError(f"{table['name']!r} is no canonical name")
    return PrivateEntry(
        name=table["name"],
        version=str(Version(table["version"])),
        digest=table["content"],
        wheel=FileEntry(path=table["wheel"], digest=table["sha256"], size=table["size"]),
        imports=table["imports"],
        extras=table.get("extras", ()),
        requires=table.get("requires", ()),
        requires_python=table.get("requires-python", ""),
    )


def _value(value: str | Sequence[str]) -> str:
    """As TOML spells it: for texts without DEL, JSON's spelling is one of TOML's."""
    return json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)
