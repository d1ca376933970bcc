"""Who may do what; finding contexts, packages and versions by what a person calls them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from peers_runtime.base import errors, ids
from peers_runtime.model.catalog import Context, Package, PackageVersion, Role
from peers_runtime.rules import permissions

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services

_DIGEST = re.compile(r"[0-9a-f]{12,64}")
_SHOWN = 100  # characters of what is no name


def authorise(reader: Reader, context_id: str, actor: str, act: permissions.Act) -> Context:
    """The context, when `actor` may do `act` in it. Raises `UnknownContext` or `RoleTooLow`."""
    found = context(reader, context_id)
    require_name(actor, "an actor")
    judged = permissions.judge(act, reader.role(context_id, actor), found.kind)
    if isinstance(judged, permissions.Denied):
        raise too_low(context_id, actor, judged.needed, judged.held, judged.reason)
    return found


def authorise_guest(services: Services, context_id: str, actor: str, act: permissions.Act) -> None:
    """For doors through which others than the device's own actor come. Raises what `authorise` does."""
    if actor != services.actor:
        with services.catalog.read() as reader:
            authorise(reader, context_id, actor, permissions.of_guest(act))


def authorise_enabling(reader: Reader, package: Package, actor: str) -> None:
    """Activating a disabled package, even on one device, switches it on for all. Raises `RoleTooLow`."""
    context_id = package.context_id
    role, kind = reader.role(context_id, actor), context(reader, context_id).kind
    judged = permissions.judge(permissions.Act.ACTIVATE, role, kind)
    if package.disabled and isinstance(judged, permissions.Denied):
        reason = f"{package.name} is disabled there, and {judged.reason}"
        raise too_low(context_id, actor, judged.needed, judged.held, reason)


def too_low(context_id: str, actor: str, needed: Role, held: Role, reason: str) -> errors.RoleTooLow:
    """The refusal of an act that takes a higher role."""
    return errors.RoleTooLow(
        f"{actor} may not do that in context {context_id!r}: {reason}",
        hint=f"ask an owner of {context_id} for the role {needed.name.title()}",
        actor=actor,
        context=context_id,
        needed=needed.name,
        held=held.name,
    )


def context(reader: Reader, context_id: str) -> Context:
    """Raises `UnknownContext`, suggesting near names."""
    found = reader.context(context_id) if is_name(context_id) else None
    if found is None:
        known = [one.context_id for one in reader.contexts()]
        raise errors.UnknownContext(
            f"there is no data context {context_id!r}{near(context_id, known)}",
            hint=f"peers contexts create {context_id} --kind group"
            if ids.is_context_id(context_id)
            else "see which there are: peers contexts list",
            context=_fact(context_id),
            known=known,
        )
    return found


def package(reader: Reader, context_id: str, name_or_id: str) -> Package:
    """Raises `UnknownPackage`, suggesting near names, or `SignatureInvalid` as `believed` does."""
    found = believed(reader, context_id, name_or_id) if is_name(name_or_id) else None
    if found is None:
        known = [one.name for one in reader.packages(context_id)]
        raise errors.UnknownPackage(
            f"no package {name_or_id!r} is installed in context {context_id!r}{near(name_or_id, known)}",
            hint=f"peers list --context {context_id}",
            package=_fact(name_or_id),
            context=context_id,
            known=known,
        )
    return found


def believed(reader: Reader, context_id: str, name_or_id: str) -> Package | None:
    """The package's record, when there is one.

    Raises `SignatureInvalid` when it is not what it should be, and this device has never seen one that was.
    """
    found = reader.package(context_id, name_or_id)
    stored = reader.stored_package(context_id, name_or_id) if found is None else None
    if stored is not None:
        raise errors.SignatureInvalid(
            f"what is said of {stored.name} in context {context_id!r} was changed by somebody who may not",
            hint=f"see peers doctor; to begin anew: peers uninstall {stored.name} --context {context_id}",
            package=stored.name,
            context=context_id,
        )
    return found


def version(versions: Sequence[PackageVersion], named: str, device: str, of: Package) -> PackageVersion:
    """A version by semver, `SEMVER@DEVICE` or row id.

    A bare semver is the promoted row, else this device's dev row. Raises `UnknownVersion`, naming those
    that exist.
    """
    semver, at, owner = named.partition("@") if is_name(named) else ("", "", "")
    by_id = [one for one in versions if one.package_version_id == named]
    equal = [one for one in versions if one.version == semver]
    promoted = [one for one in equal if one.device_id is None and not at]
    own = [one for one in equal if one.device_id == (owner if at else device)]
    for found in (*by_id, *promoted, *own):
        return found
    known = [_named(one, device) for one in versions]
    shown = [f"{name} ({one.version_tag})" for name, one in zip(known, versions, strict=True)]
    same = [name for name in known if name.partition("@")[0] == semver]  # but on another device
    raise errors.UnknownVersion(
        f"{of.name} has no version {named!r} in context {of.context_id!r}"
        f"; there are: {', '.join(shown) or 'none'}{near(named, known, same)}",
        hint=f"peers versions {of.name} --context {of.context_id}",
        package=of.name,
        version=_fact(named),
        known=known,
    )


def is_digest(given: object) -> bool:
    """Whether it could be a snapshot's digest, or as much of one as names it: at least 12 characters."""
    return isinstance(given, str) and _DIGEST.fullmatch(given) is not None


def is_name(given: object) -> bool:
    """Whether it could name anything: a catalog takes text that UTF-8 has, and on a server none with NUL."""
    if not isinstance(given, str) or "\0" in given:
        return False
    try:
        given.encode()
    except UnicodeEncodeError:
        return False
    return True


def require_name(given: object, what: str) -> None:
    """Raises `InvalidSetting` for what cannot be `what`, such as "an actor"."""
    if not is_name(given):
        raise errors.InvalidSetting(
            f"{ascii(given)[:_SHOWN]} cannot be {what}: a text is wanted",
            hint="give it as text, such as 'ada'",
            given=_fact(given),
        )


def near(wanted: str, known: Iterable[str], likely: Sequence[str] = ()) -> str:
    """`; did you mean "acme"?`, or nothing when no known name is near and none is `likely`."""
    found = likely or (difflib.get_close_matches(wanted, list(known), n=1) if is_name(wanted) else [])
    return f"; did you mean {found[0]!r}?" if found else ""


def _named(version: PackageVersion, device: str) -> str:
    """What names it on `device`."""
    is_elsewhere = version.device_id not in (None, device)
    return f"{version.version}@{version.device_id}" if is_elsewhere else version.version


def _fact(given: object) -> str:
    return str(given) if is_name(given) else ascii(given)
