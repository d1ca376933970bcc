"""Who published a version: its author's signature, by the package's publish key, and how that key may change.

What is signed says nothing of contexts, so that a version keeps its author's signature where it is copied to.
The first publish key that a context is given is believed; it is followed by another one only by a statement
that it has signed itself. A version may be without such a signature: the author's key was not at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from peers_runtime.base import canonical, errors
from peers_runtime.model.catalog import Package, PackageVersion
from peers_runtime.rules.signatures import Opened

_FORMAT: Final = 1
_SIGNED: Final = {"package_id", "version", "version_tag", "snapshot_digest"}


def statement(version: PackageVersion) -> bytes:
    """What the author signs: that this snapshot is that version of the package, with that tag."""
    said = version.model_dump(mode="json", by_alias=True, include=_SIGNED)
    return canonical.dumps({"format": _FORMAT, "published": said})


def change_statement(package_id: str, former: str, following: str) -> bytes:
    """What a publish key signs when another one follows it."""
    said = {"packageId": package_id, "former": former, "following": following}
    return canonical.dumps({"format": _FORMAT, "publishKey": said})


def publish_keys(package: Package) -> Sequence[str]:
    """Every key that the package has had, the oldest first."""
    if package.publish_public_key is None:
        return ()
    return (*(one.former for one in package.publish_key_changes), package.publish_public_key)


def key_problems(package: Package, accepted: Package | None, opened: Opened) -> Iterator[str]:
    """What is wrong with how the package has come to its publish key; `accepted`: see `packages.problems`."""
    known = publish_keys(package)
    if len(known) != len(package.publish_key_changes) + bool(known):
        yield "it names publish keys that were followed by none"
    for change, (former, following) in zip(package.publish_key_changes, pairwise(known), strict=False):
        try:
            holds = opened(change.signature, former) == change_statement(
                package.package_id, former, following
            )
        except errors.SignatureInvalid:
            holds = False
        if not holds:
            yield f"the publish key {former} has not signed that {following} follows it"
    if accepted is not None and accepted.publish_public_key not in (None, *known):
        yield "its publish key is another one, which the one that was seen before has not signed"


def fault(version: PackageVersion, keys: Sequence[str], opened: Opened) -> str | None:
    """Why the author's signature is none by a publish key of the package; None when it is, or is missing."""
    if version.author_signature is None:
        return None
    said = "no publish key of the package is known"
    for key in keys:
        try:
            if opened(version.author_signature, key) == statement(version):
                return None
            said = "it is over something else than stands here"
        except errors.SignatureInvalid as error:
            said = error.message
    return f"the author's signature: {said}"
