"""The distributions that the host shares with packages: they stay singletons in the process."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Sequence
from functools import cache

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from peers_runtime.base import errors
from peers_runtime.snapshots import requirements as requirement_texts

ALWAYS_SHARED = "peers-runtime"


def check(requirements: Sequence[str], label: str) -> None:
    """Raises `SharedVersionMismatch`, naming both versions, for one the host lacks or has out of range."""
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        try:
            held = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            raise errors.SharedVersionMismatch(
                f"{label} needs {requirement}, which is not installed in the host's environment",
                hint=f"pip install '{requirement}'",
                requirement=text,
                held=None,
            ) from None
        if not requirement.specifier.contains(held, prereleases=True):
            raise errors.SharedVersionMismatch(
                f"{label} needs {requirement}, the host has {requirement.name} {held}",
                hint=f"pip install '{requirement}', or widen the range in the package's pyproject.toml",
                requirement=text,
                held=held,
            )


def import_names(requirements: Iterable[str]) -> frozenset[str]:
    """The top-level import names of these distributions, of peers_runtime, and of all that they depend on."""
    return _import_names(tuple(requirements))


@cache
def _import_names(requirements: tuple[str, ...]) -> frozenset[str]:
    wanted = [Requirement(text).name for text in requirements]
    names: set[str] = set()
    for distribution in _closure([*wanted, ALWAYS_SHARED]):
        names.update(requirement_texts.own_import_names(distribution))
    return frozenset(names)


def _closure(names: Iterable[str]) -> set[NormalizedName]:
    seen: set[NormalizedName] = set()
    waiting = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(_needs(name))
    return seen


@cache
def _needs(name: str) -> tuple[NormalizedName, ...]:
    try:
        texts = importlib.metadata.requires(name) or ()
    except importlib.metadata.PackageNotFoundError:
        return ()
    requirements = map(Requirement, texts)
    return tuple(
        canonicalize_name(one.name)
        for one in requirements
        if one.marker is None or one.marker.evaluate({"extra": ""})
    )
