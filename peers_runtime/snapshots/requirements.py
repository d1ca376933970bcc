"""Python distributions that a package needs: one spelling for equal requirements."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import canonicalize_name, canonicalize_version
from packaging.version import Version

from peers_runtime.base import errors

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_OF_THE_HOST = frozenset({"peers-runtime", "pydantic", "pluggy"})  # it and every package meet through these
_QUOTED = re.compile(r"\"[^\"]*\"")


def normalise(requirements: Iterable[str], where: str) -> tuple[str, ...]:
    """One spelling for equal requirements, sorted, each once, so that every build backend's wheel agrees.

    Raises `InvalidSetting` naming `where`.
    """
    return tuple(sorted({str(_canonical(_parse(text, where))) for text in requirements}))


def private(requirements: Iterable[str], where: str) -> tuple[str, ...]:
    """`normalise` for what a package is to carry itself.

    Raises also `InvalidSetting` for one that gives an address instead of a range, and `ReservedName`.
    """
    for requirement in (_parse(text, where) for text in requirements):
        if requirement.url is not None:
            raise errors.InvalidSetting(
                f"{where} names {requirement.name} by its address; what is locked comes from a package index",
                hint='give a range instead, like "semver>=2,<3"',
                given=str(requirement),
            )
        if (name := canonicalize_name(requirement.name)) in _OF_THE_HOST:
            raise errors.ReservedName(
                f"the distribution {name!r} belongs to the host, and cannot be private",
                hint="leave it out: every package shares the host's; name a range in [project] dependencies",
                name=name,
            )
    return normalise(requirements, where)


def identity(requirements: Iterable[str]) -> list[str]:
    """What of normalised requirements goes into a snapshot's id: names, extras, ranges, not the condition.

    Build backends rewrite environment markers into others that mean the same, each in its own way; so only
    whether there is one counts.
    """
    return sorted({_without_condition(_parse(text, "a requirement")) for text in requirements})


def without(requirements: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Those requirements whose distribution is not among `others`."""
    names = {_name(text) for text in others}
    return tuple(text for text in requirements if _name(text) not in names)


def names(requirements: Iterable[str]) -> set[str]:
    """The canonical names of their distributions."""
    return set(map(canonical, requirements))


def canonical(requirement: str) -> str:
    """The canonical name of the distribution that a requirement, or a bare name, is of."""
    return _name(requirement)


def is_extra(requirement: str) -> bool:
    """Whether it holds only for an extra (`; extra == "test"`), which a plain install leaves out."""
    marker = _parse(requirement, "Requires-Dist").marker
    return marker is not None and re.search(r"\bextra\b", _QUOTED.sub("", str(marker))) is not None


@cache
def own_import_names(requirement: str) -> frozenset[str]:
    """Top-level import names of this one distribution, and its own name spelled as one."""
    name = _name(requirement)
    return frozenset({name.replace("-", "_"), *_top_level(name)})


def _parse(text: str, where: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise errors.InvalidSetting(
            f"{where} holds {text!r}, which is no requirement: {str(error).splitlines()[0]}",
            hint='write it like "pydantic>=2.13"',
            given=text,
        ) from None


def _name(text: str) -> str:
    return canonicalize_name(_parse(text, "a requirement").name)


def _canonical(requirement: Requirement) -> Requirement:
    requirement.name = canonicalize_name(requirement.name)
    requirement.specifier = SpecifierSet(",".join(sorted(set(_specifiers(requirement.specifier)))))
    return requirement


def _without_condition(requirement: Requirement) -> str:
    is_conditional = requirement.marker is not None
    requirement.marker = None
    return f"{requirement}; conditional" if is_conditional else str(requirement)


def _specifiers(specifiers: Iterable[Specifier]) -> Iterator[str]:
    """Poetry writes `~=2.1` as `>=2.1,<3.0` and both mean the same; so do `2.0` and `2`."""
    for specifier in specifiers:
        operator, version = specifier.operator, specifier.version
        if operator == "~=":
            yield f">={canonicalize_version(version)}"
            yield f"<{canonicalize_version(_next_release(Version(version)))}"
        elif operator == "===" or version.endswith(".*"):
            yield f"{operator}{version}"
        else:
            yield f"{operator}{canonicalize_version(version)}"


def _next_release(version: Version) -> str:
    """The first release that `~=` leaves out: 3 for 2.1, 2.2 for 2.1.4."""
    *kept, last = version.release[:-1]
    return f"{version.epoch}!{'.'.join(map(str, (*kept, last + 1)))}"


def _top_level(name: str) -> set[str]:
    """From what the distribution installed; an editable install that lists nothing is taken at its name."""
    from importlib import metadata

    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return set()
    names = set((distribution.read_text("top_level.txt") or "").split())
    for path in _installed(distribution):
        if path.endswith((".py", ".so", ".pyd")):
            names.add(path.partition("/")[0].partition(".")[0])
    return {each for each in names if each.isidentifier()} or {name.replace("-", "_")}


def _installed(distribution: Distribution) -> Iterator[str]:
    """The paths of its files, as RECORD lists them: `files` would look for each, with a tenth of a second."""
    listed = distribution.read_text("RECORD")
    if listed is None:  # as others than installers of wheels leave it
        yield from map(str, distribution.files or ())
    else:
        yield from (row[0] for row in csv.reader(listed.splitlines()) if row)
