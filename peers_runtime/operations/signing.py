"""History by who acts: planned first, then signed with the key that they have on this device.

Only what is carried out is signed: a dry run, a refusal and an act that changes nothing make no key, and no
signature gets about of something that never happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import ContextKind, HistoryAction, PackageVersion, VersionTag
from peers_runtime.rules import history
from peers_runtime.trust import envelopes

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services
    from peers_runtime.trust.envelopes import Signer

PAYLOAD_TYPE = "application/vnd.peers-runtime.record+json"


def appended(
    services: Services, version: PackageVersion, action: HistoryAction, actor: str
) -> PackageVersion:
    """The row with one more entry of its history, which `signed` signs when the plan is carried out.

    Raises `SignatureInvalid` for a record whose history is gone.
    """
    if not version.history and version.version_tag is not VersionTag.DEV:
        raise _changed(version, ("the record has no history",))
    return history.appended(version, action, actor, services.timestamp())


def refuse_quarantined(admits: Callable[[PackageVersion], bool], version: PackageVersion) -> None:
    """What this device has found fault with is not used. Raises `SignatureInvalid`."""
    if not admits(version):
        raise _changed(version, ("see peers doctor",))


def refuse_changed(
    reader: Reader, kind: ContextKind, before: Sequence[PackageVersion], after: Sequence[PackageVersion]
) -> None:
    """Nothing is signed on top of a record that is not what it should be. Raises `SignatureInvalid`."""
    former = {one.package_version_id: one for one in before}
    for version in after:
        known = former.get(version.package_version_id, version)
        is_extended = len(known.history) < len(version.history)
        if is_extended and version.history[: len(known.history)] == known.history:
            members = {one.actor_id: one for one in reader.members(version.context_id)}
            opened = partial(envelopes.opened, payload_type=PAYLOAD_TYPE)
            problems = history.problems(known, members, kind, opened)
            if problems:
                raise _changed(known, problems)


def signed(
    services: Services, before: Sequence[PackageVersion], after: Sequence[PackageVersion], actor: str
) -> tuple[PackageVersion, ...]:
    """The rows with what is planned in them signed by `actor`, whose key is made when there is none.

    Nothing of what stood there `before` is signed anew. Raises `KeyExposed`, `KeyDamaged` or
    `HomeNotWritable`.
    """
    former = {one.package_version_id: one.history for one in before}
    signer: Signer | None = None
    written = []
    for version in after:
        known = former.get(version.package_version_id, ())
        begins = len(known) if version.history[: len(known)] == known else 0
        if begins < len(version.history) and not _is_build(version):
            signer = signer or services.keys.signer(actor)
            version = history.signed(version, begins, partial(signer.sign, PAYLOAD_TYPE))
        written.append(version)
    return tuple(written)


def _is_build(version: PackageVersion) -> bool:
    """A build that its device alone has is signed when it is first shared."""
    return version.version_tag is VersionTag.DEV and len(version.history) == 1


def _changed(version: PackageVersion, problems: Sequence[str]) -> errors.SignatureInvalid:
    return errors.SignatureInvalid(
        f"the record of {version.name} {version.version} in context {version.context_id!r} was changed by"
        f" somebody else than it says, so nothing is done with it: {'; '.join(problems)}",
        hint=f"peers versions {version.name} --history --context {version.context_id}",
        package=version.name,
        version=version.version,
        context=version.context_id,
    )
