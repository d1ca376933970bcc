"""Which tag a version may get: from dev to beta to stable, and never back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peers_runtime.model.catalog import PackageVersion, VersionTag
from peers_runtime.rules.following import Verdict

TRANSITIONS: Final[Mapping[VersionTag, frozenset[VersionTag]]] = {
    VersionTag.DEV: frozenset({VersionTag.BETA, VersionTag.STABLE}),
    VersionTag.BETA: frozenset({VersionTag.STABLE}),
    VersionTag.STABLE: frozenset(),
}


def judge(version: PackageVersion, to: VersionTag) -> Verdict:
    """Whether `version` may get the tag `to`; one that was yanked gets none."""
    named, tag = version.version, version.version_tag
    if version.yanked:
        return Verdict(False, f"{named} was yanked, so it is promoted no more")
    if to in TRANSITIONS[tag]:
        return Verdict(True, f"{named} goes from {tag} to {to}")
    if to is tag:
        return Verdict(False, f"{named} is {tag} already")
    return Verdict(False, f"{named} is {tag}, and nothing goes back: a release is taken back by yanking it")
