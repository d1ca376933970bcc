"""Which versions of another package a project asks for, as PEP 440 spells ranges: `>=1.2,<2`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from peers_runtime.base import errors
from peers_runtime.model import versions


def normalise(text: str, where: str) -> str:
    """One spelling for equal ranges. Raises `InvalidSetting` naming `where`."""
    try:
        # lower bounds first, as people write them
        parts = sorted(map(str, SpecifierSet(text)), key=lambda one: (not one.startswith(">"), one))
        found = ",".join(parts)
    except InvalidSpecifier:
        found = ""
    if found:
        return found
    raise errors.InvalidSetting(
        f"{where} is {text!r}, which is no range of versions", hint='write it like ">=1.2,<2"', given=text
    )


def fitting(version_range: str, known: Iterable[str]) -> list[str]:
    """Those of the Semantic Versions that a range takes, newest first.

    Pre-releases count where the range names one, or where nothing else is in it, as for Python distributions.
    """
    by_release: Mapping[Version, str] = {Version(versions.to_wheel(one)): one for one in known}
    return [by_release[one] for one in sorted(SpecifierSet(version_range).filter(by_release), reverse=True)]


def takes(version_range: str, version: str) -> bool:
    """Whether a version that was chosen is in the range, pre-releases included."""
    return SpecifierSet(version_range).contains(versions.to_wheel(version), prereleases=True)


def compatible(version: str) -> str:
    """From this version on up to where Semantic Versioning lets something break: `>=1.2.0,<2`."""
    found = versions.precedence(version)
    above = f"{found.major + 1}" if found.major else f"0.{found.minor + 1}"
    return normalise(f">={versions.to_wheel(version)},<{above}", "the range")
