"""Reading and setting a variable for whoever acts in a context.

What concerns this device alone is kept in its home, all else in the catalog. A secret is sealed before it is
given to either, so that no database, log or error of one ever has its text.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.manifest import VariableData
from peers_runtime.model.variables import Address, StoredVariable
from peers_runtime.operations import access, inspect
from peers_runtime.rules import variables
from peers_runtime.trust import seals

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services
    from peers_runtime.trust.seals import Seal


@dataclass(frozen=True)
class Wanted:
    """A variable of a package, and who acts where."""

    context_id: str
    actor: str
    package_id: str
    variable: VariableData

    @property
    def address(self) -> Address:
        found = self.variable
        return variables.address(found.scope, self.package_id, found.variable_id, self.context_id, self.actor)


def kept(services: Services, at: Address) -> StoredVariable | None:
    """What is kept there, whoever asks."""
    if variables.stays_here(at.scope):
        return services.device_variables.find(at)
    with services.catalog.read() as reader:
        return reader.variable(at)


def look(services: Services, wanted: Wanted) -> StoredVariable | None:
    """What is kept of it, without opening it. Raises `UnknownContext` or `RoleTooLow`."""
    services.engine.require_open()
    access.require_name(wanted.actor, "an actor")
    kind, _, roles = services.engine.state.contexts.get(wanted.context_id, ("group", 0, {}))
    if kind != "personal" and not roles.get(wanted.actor):  # else it is known already, at no cost
        inspect.may_read(services, wanted.context_id, wanted.actor)
    return kept(services, wanted.address)


def read(services: Services, wanted: Wanted) -> str | None:
    """Its value as JSON text, opened; None while nothing is set.

    Raises what `look` does, and of a secret `NoSecretsKey`, `SecretUnreadable`, `KeyExposed`, `KeyDamaged`.
    """
    found = look(services, wanted)
    return None if found is None else _opened(services, wanted, found)


def write(services: Services, wanted: Wanted, text: str, *, dry_run: bool = False) -> None:
    """Keep a value. Raises what `read` does, and `HomeNotWritable`. With `dry_run` only that is found out."""
    services.engine.require_open()
    at, act = wanted.address, variables.act_of_setting(wanted.variable.scope)
    with services.catalog.read() as reader:
        access.authorise(reader, wanted.context_id, wanted.actor, act)
        found = _found(services, reader, wanted)
    seal = _seal(services, wanted) if wanted.variable.secret else None
    if dry_run or (found is not None and _is_same(services, wanted, found, text)):
        return
    value = text if seal is None else seal.sealed(text, variables.bound_to(at))
    stored = StoredVariable(at, value, seal is not None, wanted.actor, services.timestamp())
    if variables.stays_here(at.scope):
        services.device_variables.put(stored)
        return
    with services.catalog.write() as writer:
        access.authorise(writer, wanted.context_id, wanted.actor, act)
        writer.put_variable(stored)


def reset(services: Services, wanted: Wanted, *, dry_run: bool = False) -> None:
    """Keep no value. Raises `UnknownContext`, `RoleTooLow` or `HomeNotWritable`."""
    services.engine.require_open()
    at, act = wanted.address, variables.act_of_setting(wanted.variable.scope)
    with services.catalog.read() as reader:
        access.authorise(reader, wanted.context_id, wanted.actor, act)
        found = _found(services, reader, wanted)
    if dry_run or found is None:
        return
    if variables.stays_here(at.scope):
        services.device_variables.remove(at)
        return
    with services.catalog.write() as writer:
        access.authorise(writer, wanted.context_id, wanted.actor, act)
        writer.remove_variable(at)


def make_key(file: str | os.PathLike[str]) -> None:
    """A new key of secrets in a file of its own, which must not be there. Raises `InvalidSetting`."""
    if not seals.make_key(file):
        raise errors.InvalidSetting(
            f"{os.fspath(file)} is there already, and may be the only key of somebody's secrets",
            hint="choose another name for the new key, or use the one that is there",
            path=os.fspath(file),
        )


def _found(services: Services, reader: Reader, wanted: Wanted) -> StoredVariable | None:
    at = wanted.address
    if variables.stays_here(at.scope):
        return services.device_variables.find(at)
    return reader.variable(at)


def _is_same(services: Services, wanted: Wanted, found: StoredVariable, text: str) -> bool:
    if found.is_sealed is not wanted.variable.secret:
        return False
    try:
        return _opened(services, wanted, found) == text
    except errors.SecretUnreadable:
        return False  # to be set anew


def _opened(services: Services, wanted: Wanted, found: StoredVariable) -> str:
    reason = "it is kept in the clear, by somebody else or an older version of the package"
    if found.is_sealed:
        try:
            return _seal(services, wanted).opened(found.value, variables.bound_to(found.address))
        except errors.SecretUnreadable as error:
            reason = str(error.facts["reason"])
    elif not wanted.variable.secret:
        return found.value
    name = wanted.variable.name
    raise errors.SecretUnreadable(
        f"the secret {name!r} in context {wanted.context_id!r} cannot be opened: {reason}",
        hint=f"set it again: peers vars set {name} - --context {wanted.context_id}; or open the home with the"
        " key that it was sealed with",
        variable=name,
        context=wanted.context_id,
        reason=reason,
    )


def _seal(services: Services, wanted: Wanted) -> Seal:
    if variables.stays_here(wanted.variable.scope) or not services.catalog.is_shared:
        return services.home_seal
    if services.shared_seal is None:
        raise errors.NoSecretsKey(
            f"the secret {wanted.variable.name!r} belongs into a catalog that homes share, and this host has"
            " no key that seals secrets for all of them",
            hint="make one: peers vars key FILE; give each device a copy, and name it: --secrets-key FILE",
            variable=wanted.variable.name,
            context=wanted.context_id,
        )
    return services.shared_seal
