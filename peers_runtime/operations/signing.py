"""History by who acts: planned first, then signed with the key that they have on this device.

Only what is carried out is signed: a dry run, a refusal and an act that changes nothing make no key, and no
signature gets about of something that never happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.model.catalog import HistoryAction, PackageVersion, VersionTag
from peers_runtime.rules import history

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services
    from peers_runtime.trust.envelopes import Signer

PAYLOAD_TYPE = "application/vnd.peers-runtime.record+json"


def appended(
    services: Services, version: PackageVersion, action: HistoryAction, actor: str
) -> PackageVersion:
    """The row with one more entry of its history, which `signed` signs when the plan is carried out."""
    return history.appended(version, action, actor, services.timestamp())


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
