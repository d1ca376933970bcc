"""What a context says of a package, as a record that whoever changed it has signed.

A record may be unsigned as long as no version of the package is signed: a package on its author's device
alone. From the first signature on each change is signed, with a greater `revision` than the one before, so
that nobody can put an older record back. Who uninstalls the package signs that, too: what comes after begins
anew, and what was before stays gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from peers_runtime.base import canonical
from peers_runtime.model.catalog import ContextKind, Package, Removal
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


def signed_removal(
    context_id: str, package_id: str, revision: int, by: str, as_of: int, sign: signatures.Sign
) -> Removal:
    """That the package is uninstalled as its `revision`, signed by who does it."""
    made = Removal(
        context_id=context_id, package_id=package_id, revision=revision, removed_by=by, as_of=as_of
    )
    return made.model_copy(update={"signature": sign(removal_statement(made))})


def removal_statement(removal: Removal) -> bytes:
    """What the signature covers: all of it but itself."""
    said = removal.model_dump(mode="json", by_alias=True, exclude={"signature"})
    return canonical.dumps({"format": _FORMAT, "removal": said})


def is_removal(
    removal: Removal, roster: Roster, kind: ContextKind, opened: signatures.Opened, least: int, since: int
) -> bool:
    """Whether somebody who may uninstalled the package after what is known of it; see `problems`."""
    if removal.revision <= least or not since <= removal.as_of <= roster.count:
        return False
    member = roster.member(removal.removed_by, removal.as_of)
    judged = permissions.judge(Act.UNINSTALL, member.role, kind)
    fault = signatures.fault(removal.signature, removal_statement(removal), member, opened)
    return fault is None and isinstance(judged, permissions.Allowed)


def problems(
    package: Package,
    roster: Roster,
    kind: ContextKind,
    opened: signatures.Opened,
    *,
    accepted: Package | None = None,
    removed: int = 0,
    since: int = 0,
    has_signed_versions: bool = False,
) -> tuple[str, ...]:
    """What is wrong with the record, in words; nothing when it holds.

    `accepted` is the record that was found right before: this one must be it, or come after it. `removed`
    is the revision as which the package was uninstalled the last time. `since` is how many changes of its
    members the context had then: who signs later knows of them.
    """
    if package == accepted:
        return ()
    return tuple(_problems(package, roster, kind, opened, accepted, removed, since, has_signed_versions))


def _problems(
    package: Package,
    roster: Roster,
    kind: ContextKind,
    opened: signatures.Opened,
    accepted: Package | None,
    removed: int,
    since: int,
    has_signed_versions: bool,
) -> Iterator[str]:
    if package.signature is None:
        was_signed = accepted is not None and accepted.signature is not None
        if has_signed_versions or was_signed or package.revision:
            yield "the record is not signed"
        return
    least = max(removed, accepted.revision if accepted is not None else 0)
    if package.revision <= least:
        yield f"it is revision {package.revision} of the record; revision {least} was seen before"
    by, as_of = package.changed_by or "", package.as_of or 0
    if not since <= as_of <= roster.count:
        yield f"it was signed as of change {as_of} of the members, where it must be {since} to {roster.count}"
    member = roster.member(by, as_of)
    fault = signatures.fault(package.signature, statement(package), member, opened)
    if fault is not None:
        yield fault
    yield from authorship.key_problems(package, accepted, opened)
    is_untouched = is_bare(package) and (accepted is None or is_bare(accepted))
    judged = permissions.judge(Act.INSTALL if is_untouched else Act.FOLLOW, member.role, kind)
    if isinstance(judged, permissions.Denied):
        yield judged.reason
