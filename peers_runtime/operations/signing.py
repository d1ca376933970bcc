"""History written and signed by who acts, with the key that they have on this device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peers_runtime.model.catalog import HistoryAction, PackageVersion
from peers_runtime.rules import history

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services

PAYLOAD_TYPE = "application/vnd.peers-runtime.record+json"


def appended(
    services: Services, version: PackageVersion, action: HistoryAction, actor: str
) -> PackageVersion:
    """The row with one more entry of its history, signed like the row itself.

    The actor's key is made when there is none. Raises `KeyExposed` or `KeyDamaged`.
    """
    signer = services.keys.signer(actor)
    return history.appended(
        version, action, actor, services.timestamp(), lambda payload: signer.sign(PAYLOAD_TYPE, payload)
    )
