"""What is written is signed by who acts: planned first, then signed with the key that they have here.

Only what is carried out is signed: a dry run, a refusal and an act that changes nothing make no key, and no
signature gets about of something that never happened. What a device alone has is signed when it is first
shared: builds, and packages of which there are only builds, in a catalog that is the home's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import (
    ContextKind,
    HistoryAction,
    Member,
    Membership,
    Package,
    PackageVersion,
    Removal,
    Role,
    VersionTag,
)
from peers_runtime.rules import authorship, history, membership, packages, roster
from peers_runtime.rules.roster import Roster
from peers_runtime.trust import envelopes

if TYPE_CHECKING:
    from peers_runtime.operations.facts import Facts
    from peers_runtime.operations.services import Services
    from peers_runtime.rules.signatures import Sign
    from peers_runtime.trust.envelopes import Signer

PAYLOAD_TYPE = "application/vnd.peers-runtime.record+json"

opened = partial(envelopes.opened, payload_type=PAYLOAD_TYPE)
"""The statement that an envelope is around, verified with a public key; raises `SignatureInvalid`."""


@dataclass(frozen=True)
class Signed:
    """What is to be written; `binding` is the first key of who acts, when they sign there first."""

    versions: tuple[PackageVersion, ...]
    package: Package | None
    binding: Membership | None = None
    removal: Removal | None = None


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


def refuse_changed(before: Facts, after: Facts) -> None:
    """Nothing is signed on top of a record that is not what it should be. Raises `SignatureInvalid`."""
    former = _by_id(before.versions)
    keys = () if before.package is None else authorship.publish_keys(before.package)
    for version in after.versions:
        known = former.get(version.package_version_id, version)
        is_extended = len(known.history) < len(version.history)
        if is_extended and version.history[: len(known.history)] == known.history:
            problems = before.arrivals.beliefs.problems(known, before.roster, before.kind, keys)
            if problems:
                raise _changed(known, problems)


def refuse_other_key(services: Services, before: Facts, after: Facts, actor: str) -> None:
    """Raises `KeyMismatch` when the actor would have to sign, and has not the key that they are known by."""
    if _is_to_be_signed(services, before, after):
        refuse_key_of(services, before.roster, actor)


def signed(services: Services, before: Facts, after: Facts, actor: str) -> Signed:
    """What has changed signed by `actor`, whose key is made when there is none.

    Nothing of what stood there `before` is signed anew. Raises `KeyExposed`, `KeyDamaged`, `KeyMismatch` or
    `HomeNotWritable`.
    """
    if not _is_to_be_signed(services, before, after):
        return Signed(tuple(after.versions), after.package)
    package = after.package
    if package is None:
        return _removed(services, before, actor)
    key = _key(services, before.roster, package.context_id, before.kind, actor)
    former = {one.package_version_id: one.history for one in before.versions}
    written = []
    for version in after.versions:
        known = former.get(version.package_version_id, ())
        if any(one.action.startswith("promoted:") for one in version.history[len(known) :]):
            version = _published(services, package, version)
        begins = len(known) if version.history[: len(known)] == known else 0
        if begins < len(version.history) and not _is_build(services, version):
            version = history.signed(version, begins, key.as_of, key.sign)
        written.append(version)
    is_shared = any(one.signature for one in written)
    if _says_more(package, before) or (is_shared and not package.signature):
        package = packages.signed(package, _revision(before), actor, key.as_of, key.sign)
    return Signed(tuple(written), package, key.binding)


def changes(
    services: Services,
    known: Roster,
    context_id: str,
    kind: ContextKind,
    wanted: Member,
    actor: str,
) -> Sequence[Membership]:
    """That a member is what is `wanted` from now on, signed by the actor; their own key first, if need be.

    With a new key where `renews_key`. Raises as `signed` does.
    """
    if renews_key(services, known, wanted, actor):
        signer: Signer = services.keys.signer(actor)
        renewing = roster.changed(
            known, context_id, actor, wanted.role, wanted.public_keys, actor, services.timestamp()
        )
        return [roster.signed(renewing, kind, partial(signer.sign, PAYLOAD_TYPE))]
    key = _key(services, known, context_id, kind, actor)
    bound = Roster((*known.changes, key.binding)) if key.binding is not None else known
    keys = wanted.public_keys
    if key.binding is not None and wanted.actor_id == actor:
        keys = tuple(dict.fromkeys((*key.binding.public_keys, *keys)))
    change = roster.changed(
        bound, context_id, wanted.actor_id, wanted.role, keys, actor, services.timestamp()
    )
    made = roster.signed(change, kind, key.sign)
    return [made] if key.binding is None else [key.binding, made]


def founding(services: Services, context_id: str, kind: ContextKind, actor: str) -> Membership:
    """The first change of a context: the actor is its Owner, and signs with this device's key."""
    binding = _key(services, Roster(), context_id, kind, actor).binding
    assert binding is not None  # nobody has a key there yet
    return binding


def publish_key_name(package: Package) -> str:
    """Under which name the device of the package's author has its present publish key."""
    return f"{package.package_id}/{len(package.publish_key_changes)}"


def with_publish_key(services: Services, package: Package) -> Package:
    """The record with the first publish key of the package, where that is at hand and none is known yet."""
    if package.publish_public_key is not None:
        return package
    at_hand = services.publish_keys.public_key(publish_key_name(package))
    return package.model_copy(update={"publish_public_key": at_hand})


def _published(services: Services, package: Package, version: PackageVersion) -> PackageVersion:
    """With the author's signature, where the package's publish key is at hand."""
    name = publish_key_name(package)
    at_hand = services.publish_keys.public_key(name)
    if at_hand is None or at_hand != package.publish_public_key:
        return version
    signature = services.publish_keys.signer(name).sign(PAYLOAD_TYPE, authorship.statement(version))
    return version.model_copy(update={"author_signature": signature})


@dataclass(frozen=True)
class _Key:
    sign: Sign
    as_of: int
    binding: Membership | None


def _key(services: Services, known: Roster, context_id: str, kind: ContextKind, actor: str) -> _Key:
    refuse_key_of(services, known, actor)
    member = known.member(actor)
    signer: Signer = services.keys.signer(actor)
    sign = partial(signer.sign, PAYLOAD_TYPE)
    if signer.public_key in member.public_keys:
        return _Key(sign, known.count, None)
    if member.public_keys:
        raise _mismatch(services, known, actor)
    role = member.role if known.count else Role.OWNER
    change = roster.changed(known, context_id, actor, role, [signer.public_key], actor, services.timestamp())
    return _Key(sign, change.number, roster.signed(change, kind, sign))


def refuse_key_of(services: Services, known: Roster, actor: str) -> None:
    """Raises `KeyMismatch` when the context knows the actor by other keys than this device has."""
    keys = known.member(actor).public_keys
    if keys and services.keys.public_key(actor) not in keys:
        raise _mismatch(services, known, actor)


def renews_key(services: Services, known: Roster, wanted: Member, actor: str) -> bool:
    """Whether who acts, having lost the keys they were known by, says that they go on with this device's.

    Nobody else could allow it, and nobody else needs to believe it: the catalog is the home's own.
    """
    keys, own = known.member(actor).public_keys, services.keys.public_key(actor)
    is_own = wanted.actor_id == actor and wanted.role is known.member(actor).role
    is_lost = bool(keys) and own is not None and own not in keys and own in wanted.public_keys
    return is_own and is_lost and not services.catalog.is_shared and not _who_may_allow(known, actor)


def _who_may_allow(known: Roster, actor: str) -> Sequence[str]:
    """The others who may say by which keys the actor signs."""
    members = known.members()
    others = [one.actor_id for one in members if one.actor_id != actor]
    return [one for one in others if isinstance(membership.judge_keys(members, one, actor), membership.Given)]


def _is_to_be_signed(services: Services, before: Facts, after: Facts) -> bool:
    if after.package is None:
        return _revision(before) > 1
    former = _by_id(before.versions)
    return _says_more(after.package, before) or any(
        not _is_build(services, one) and one != former.get(one.package_version_id) for one in after.versions
    )


def _removed(services: Services, before: Facts, actor: str) -> Signed:
    package = before.package
    assert package is not None  # no act begins and ends with nothing
    of_package = package.context_id, package.package_id
    key = _key(services, before.roster, package.context_id, before.kind, actor)
    removal = packages.signed_removal(*of_package, _revision(before), actor, key.as_of, key.sign)
    return Signed((), None, key.binding, removal)


def _revision(before: Facts) -> int:
    """That of what is signed next; the first one where nothing of the package was signed yet."""
    known = (before.package, before.stored, before.removal)
    return 1 + max(one.revision if one is not None else 0 for one in known)


def _says_more(package: Package, before: Facts) -> bool:
    """Whether a package's record has changed, and is no longer one that may be unsigned."""
    if package == before.package:
        return False
    return not packages.is_bare(package) or bool(package.signature)


def _is_build(services: Services, version: PackageVersion) -> bool:
    """A build that its device alone has."""
    is_alone = not services.catalog.is_shared
    return is_alone and version.version_tag is VersionTag.DEV and len(version.history) == 1


def _by_id(versions: Sequence[PackageVersion]) -> Mapping[str, PackageVersion]:
    return {one.package_version_id: one for one in versions}


def _changed(version: PackageVersion, problems: Sequence[str]) -> errors.SignatureInvalid:
    return errors.SignatureInvalid(
        f"the record of {version.name} {version.version} in context {version.context_id!r} was changed by"
        f" somebody else than it says, so nothing is done with it: {'; '.join(problems)}",
        hint=f"peers versions {version.name} --history --context {version.context_id}",
        package=version.name,
        version=version.version,
        context=version.context_id,
    )


def _mismatch(services: Services, known: Roster, actor: str) -> errors.KeyMismatch:
    member, others = known.member(actor), _who_may_allow(known, actor)
    allow = f"peers members allow {actor} KEY --context {member.context_id}"
    if others:
        where = f"where {actor} has signed before, or as {' or '.join(others)}: {allow}"
    elif services.catalog.is_shared:
        where = f"where {actor} has signed before: {allow}; else restore the key: nobody else may allow it"
    else:
        where = f"go on with it here: {allow}"
    return errors.KeyMismatch(
        f"{actor} signs in context {member.context_id!r} with another key than this device has",
        hint=f"see KEY with: peers --actor {actor} members key; then {where}",
        actor=actor,
        context=member.context_id,
    )
