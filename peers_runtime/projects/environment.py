"""The distributions that the host shares with packages: they stay singletons in the process."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterable, Sequence
from functools import cache

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from peers_runtime.base import errors
from peers_runtime.model.manifest import PrivateEntry, Requires
from peers_runtime.projects import lock_files
from peers_runtime.snapshots import requirements as requirement_texts

ALWAYS_SHARED = "peers-runtime"


def check(requires: Requires, private: Sequence[PrivateEntry], label: str) -> None:
    """Whether a package with these requirements, and what its private ones were resolved to, can run here.

    Raises `SharedVersionMismatch`, naming both versions, for a distribution that the host lacks or has out of
    range, and `LockIncomplete` when what is locked does not suffice on this interpreter.
    """
    _check_shared(requires.shared, label)
    if private:
        trouble = lock_files.unmet(private, platform.python_version())
        if trouble:
            raise errors.LockIncomplete(
                f"{label} cannot run on this interpreter: {trouble}",
                hint="let its author run `peers deps update` on this Python, and pack it again",
                python=platform.python_version(),
            )
        _check_shared(lock_files.host_needs(private), f"{label}, for its private distributions,")


def host_versions(requirements: Iterable[str]) -> dict[str, str]:
    """The distributions that the host shares with a package, by canonical name, in their versions.

    Those that are asked for, `peers_runtime`, and all that they depend on, as far as they are installed.
    """
    found = {}
    for name in sorted(_closure([*(Requirement(text).name for text in requirements), ALWAYS_SHARED])):
        try:
            found[str(name)] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _check_shared(requirements: Iterable[str], label: str) -> None:
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


def import_names(requirements: Iterable[str], private: Sequence[PrivateEntry] = ()) -> frozenset[str]:
    """The top-level import names of these distributions, of peers_runtime, and of all that they depend on.

    With them those that the `private` ones need of the host.
    """
    return _import_names((*requirements, *lock_files.host_needs(private)))


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
