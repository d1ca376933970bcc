"""What a context says of a package, as a record that whoever changed it has signed.

A record may be unsigned as long as no version of the package is signed: a package on its author's device
alone. From the first signature on each change is signed, and counted in `revision`, so that nobody can put an
older record back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from peers_runtime.base import canonical
from peers_runtime.model.catalog import ContextKind, Package
from peers_runtime.rules import authorship, permissions, signatures
from peers_runtime.rules.permissions import Act
from peers_runtime.rules.roster import Roster

_FORMAT: Final = 1
_ABOUT_SIGNING: Final = {"revision", "changed_by", "as_of", "signature"}
_IDENTITY: Final = {"context_id", "package_id", "name", "created_by"}


def is_bare(package: Package) -> bool:
    """Whether it says no more than that the package is there."""
    said = package.model_dump(exclude_defaults=True).keys()
    return said <= {*_IDENTITY, "description", *_ABOUT_SIGNING}


def signed(package: Package, revision: int, by: str, as_of: int, sign: signatures.Sign) -> Package:
    """The record as its `revision`, signed by who changed it."""
    written = package.model_copy(update={"revision": revision, "changed_by": by, "as_of": as_of})
    return written.model_copy(update={"signature": sign(statement(written))})


def statement(package: Package) -> bytes:
    """What the signature covers: all of the record but itself."""
    record = package.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"signature"})
    return canonical.dumps({"format": _FORMAT, "package": record})


def problems(
    package: Package,
    roster: Roster,
    kind: ContextKind,
    opened: signatures.Opened,
    *,
    accepted: Package | None = None,
    since: int = 0,
    has_signed_versions: bool = False,
) -> tuple[str, ...]:
    """What is wrong with the record, in words; nothing when it holds.

    `accepted` is the record that was found right before: this one must be it, or come after it. `since` is
    how many changes of its members the context had then: who signs later knows of them.
    """
    if package == accepted:
        return ()
    return tuple(_problems(package, roster, kind, opened, accepted, since, has_signed_versions))


def _problems(
    package: Package,
    roster: Roster,
    kind: ContextKind,
    opened: signatures.Opened,
    accepted: Package | None,
    since: int,
    has_signed_versions: bool,
) -> Iterator[str]:
    if package.signature is None:
        was_signed = accepted is not None and accepted.signature is not None
        if has_signed_versions or was_signed or package.revision:
            yield "the record is not signed"
        return
    if accepted is not None and package.revision <= accepted.revision:
        yield f"it is change {package.revision} of the record; change {accepted.revision} was seen before"
    by, as_of = package.changed_by or "", package.as_of or 0
    if not since <= as_of <= roster.count:
        yield f"it was signed as of change {as_of} of the members, where it must be {since} to {roster.count}"
    member = roster.member(by, as_of)
    fault = signatures.fault(package.signature, statement(package), member, opened)
    if fault is not None:
        yield fault
    yield from authorship.key_problems(package, accepted, opened)
    judged = permissions.judge(Act.INSTALL if is_bare(package) else Act.FOLLOW, member.role, kind)
    if isinstance(judged, permissions.Denied):
        yield judged.reason
