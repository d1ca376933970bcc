"""Semantic Versions: which of two is newer, and their one-to-one form in wheels.

Packages travel as wheels, so a pre-release is `-alpha.N`, `-beta.N` or `-rc.N`, which a wheel spells
`aN`, `bN`, `rcN` (PEP 440); build metadata `+local` is the same in both. Everything else is refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import semver

from peers_runtime.base import errors

_CORE = r"(?P<core>(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*))"
_LOCAL = r"(?:\+(?P<local>[0-9a-z]+(?:\.[0-9a-z]+)*))?"
_SEMVER = re.compile(_CORE + r"(?:-(?P<phase>alpha|beta|rc)\.(?P<number>0|[1-9]\d*))?" + _LOCAL, re.ASCII)
_WHEEL = re.compile(_CORE + r"(?:(?P<phase>a|b|rc)(?P<number>0|[1-9]\d*))?" + _LOCAL, re.ASCII)
_LONGEST = 255  # characters; without a bound, a number may have more digits than Python converts
_TO_WHEEL = {"alpha": "a", "beta": "b", "rc": "rc"}
_TO_SEMVER = {wheel: word for word, wheel in _TO_WHEEL.items()}


class Precedence(NamedTuple):
    """Sorts as Semantic Versioning 2.0, section 11, orders versions; equal where only `+local` differs."""

    major: int
    minor: int
    patch: int
    pre_release: tuple[tuple[int, int, str], ...]  # a release comes after all of its pre-releases


def check(text: str, where: str = "version") -> str:
    """`text` itself when it is a supported Semantic Version; raises `InvalidVersion` otherwise."""
    if len(text) <= _LONGEST and _SEMVER.fullmatch(text):
        return text
    raise _invalid(text, where)


@lru_cache(maxsize=16_384)  # a catalog names the same versions over and over
def precedence(version: str) -> Precedence:
    """What a version is compared by. Raises `InvalidVersion` for what is no Semantic Version at all."""
    try:
        parsed = semver.Version.parse(version)
        return Precedence(parsed.major, parsed.minor, parsed.patch, _pre_release(parsed.prerelease))
    except ValueError as error:
        raise _invalid(version, "version") from error


def from_wheel(text: str, where: str = "version") -> str:
    """The Semantic Version of a wheel's (PEP 440) version; a Semantic Version is taken as it is."""
    match = _WHEEL.fullmatch(text)
    return check(_join(match, "-", _TO_SEMVER, ".") if match else text, where)


def to_wheel(version: str) -> str:
    """The PEP 440 form of a Semantic Version: `1.2.0-rc.1` is `1.2.0rc1`."""
    match = _SEMVER.fullmatch(check(version))
    assert match is not None  # `check` has just accepted it
    return _join(match, "", _TO_WHEEL, "")


def _invalid(text: str, where: str) -> errors.InvalidVersion:
    return errors.InvalidVersion(
        f"{where} is {text!r}; expected MAJOR.MINOR.PATCH, optionally -alpha.N, -beta.N or -rc.N, and +local",
        hint="write it like 1.2.0 or 1.2.0-rc.1",
        provided=text,
        expected="MAJOR.MINOR.PATCH[-alpha.N|-beta.N|-rc.N][+local]",
    )


def _pre_release(text: str | None) -> tuple[tuple[int, int, str], ...]:
    """Numbers by value and before words, words by ASCII, fewer identifiers before more."""
    if text is None:
        return ((2, 0, ""),)
    return tuple((0, int(one), "") if one.isdigit() else (1, 0, one) for one in text.split("."))


def _join(match: re.Match[str], before: str, words: dict[str, str], between: str) -> str:
    phase, local = match["phase"], match["local"]
    pre_release = f"{before}{words[phase]}{between}{match['number']}" if phase else ""
    return match["core"] + pre_release + (f"+{local}" if local else "")
