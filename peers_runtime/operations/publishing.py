"""The publish key of a package: whoever has it is the package's author, and signs what is promoted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import KeyChange, Package
from peers_runtime.model.decision import Decision
from peers_runtime.operations import decide, signing
from peers_runtime.operations.facts import installed
from peers_runtime.operations.plan import Plan
from peers_runtime.rules import authorship
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services


def publish_key(
    services: Services,
    name: str,
    context_id: str,
    actor: str,
    *,
    rotate: bool = False,
    dry_run: bool = False,
) -> Decision:
    """Let this device sign what it promotes of a package as the package's author.

    The first key that a context is given is the package's. With `rotate` a new key follows it, which the old
    one signs. Takes an Admin. Raises `KeyMismatch` where the package has a key that is not on this device.
    """
    make = partial(_plan, services, name, context_id, actor, rotate)
    with services.catalog.read() as reader:  # refused before a key is made
        made = make(reader)
    if not dry_run and made.changes:
        _make_key(services, made.package)
    return decide.carry_out(services, make, dry_run=dry_run)


def _plan(services: Services, name: str, context_id: str, actor: str, rotate: bool, reader: Reader) -> Plan:
    before = installed(reader, services, name, context_id, actor, Act.FOLLOW)
    package = before.package
    at_hand = services.publish_keys.public_key(signing.publish_key_name(package))
    if package.publish_public_key is None:
        following = package.model_copy(update={"publish_public_key": at_hand or _TO_BE_MADE})
        return Plan(actor, before, replace(before, package=following), f"{actor} publishes {package.name}")
    if at_hand is None or at_hand != package.publish_public_key:
        raise errors.KeyMismatch(
            f"{package.name} is published in context {context_id!r} with a key that this device has not",
            hint="bring the file keys/publisher-….json from the home of the package's author",
            package=package.name,
            context=context_id,
        )
    if not rotate:
        return Plan(actor, before, before, f"this device publishes {package.name} already")
    after = replace(before, package=_rotated(services, package, at_hand))
    return Plan(actor, before, after, f"{actor} publishes {package.name} with a new key")


_TO_BE_MADE = "a new one"  # what a dry run shows of a key that there is not yet


def _rotated(services: Services, package: Package, former: str) -> Package:
    """Nothing is signed while the following key is still to be made."""
    following, signature = services.publish_keys.public_key(_next_name(package)), ""
    if following is not None:
        signer = services.publish_keys.signer(signing.publish_key_name(package))
        statement = authorship.change_statement(package.package_id, former, following)
        signature = signer.sign(signing.PAYLOAD_TYPE, statement)
    changes = (*package.publish_key_changes, KeyChange(former=former, signature=signature))
    return package.model_copy(
        update={"publish_public_key": following or _TO_BE_MADE, "publish_key_changes": changes}
    )


def _make_key(services: Services, planned: Package) -> None:
    """The planned package's present key, under whose name the next plan finds it."""
    services.publish_keys.signer(signing.publish_key_name(planned))


def _next_name(package: Package) -> str:
    return f"{package.package_id}/{len(package.publish_key_changes) + 1}"
