"""What a contract's consumers are typed by: its text, written or compared with what is there."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.interfaces import names, python, shapes, typescript
from peers_runtime.model.contracts import Contract
from peers_runtime.model.generated import Generated, GeneratedFile
from peers_runtime.operations import contracts, inspect
from peers_runtime.projects import rewriting
from peers_runtime.rules import contracts as rules

if TYPE_CHECKING:
    from peers_runtime.model.manifest import ContractData, Definition
    from peers_runtime.operations.services import Services

Folder = str | os.PathLike[str]
Shape = Mapping[str, Any]


def generate(
    services: Services,
    which: str,
    context_id: str,
    *,
    py: Folder | None,
    ts: Folder | None,
    check: bool = False,
) -> Generated:
    """Write a contract's types into the folders, both files or neither; with `check` only compare.

    Raises `UnknownContract`, `ContractNotFreezable`, `RoleTooLow`, `ProjectNotWritable`, and `InvalidSetting`
    when no folder is given, or a file is there that is none of this contract's.
    """
    if py is None and ts is None:
        raise errors.InvalidSetting(
            "no folder is given for the types", hint="give py=FOLDER, ts=FOLDER, or both: --py DIR --ts DIR"
        )
    contract, shape = find(services, which, context_id)
    title = contract.name or contract.contract_id
    interface = shapes.interface(contract.contract_id, contract.version, title, shape)
    module = names.module_name(title, contract.version)
    wanted: dict[str, str] = {}
    if py is not None:
        wanted[os.path.join(py, f"{module}.py")] = python.source(interface)
    if ts is not None:
        wanted[os.path.join(ts, f"{module}.d.ts")] = typescript.source(interface)
    files = tuple(_compared(path, text, contract) for path, text in wanted.items())
    other = [one.path for one in files if one.was != "current"]
    if other and not check:
        rewriting.put("/", {os.path.abspath(path).lstrip("/"): wanted[path].encode() for path in other})
    return Generated(
        contract_id=contract.contract_id,
        version=contract.version,
        name=contract.name,
        files=files,
        written=not check,
    )


def find(services: Services, which: str, context_id: str) -> tuple[Contract, Shape]:
    """A contract with its shape: the frozen one, else an active version's, else the latest stored one's.

    Raises `UnknownContract`, `UnknownContext`, `RoleTooLow`, and `ContractNotFreezable` when nobody can say
    what the contract's shape is.
    """
    inspect.may_read(services, context_id, services.actor)
    known = {(one.contract_id, one.version): one for one in contracts.listed(services, context_id)}
    stored: dict[tuple[str, int], tuple[Definition, ContractData]] = {}
    for _, definition in contracts.stored(services, context_id):
        for contract in definition.contracts:
            named = contract.contract_id, contract.version
            stored[named] = definition, contract
            there = Contract(contract_id=named[0], version=named[1], name=contract.name, is_frozen=False)
            known.setdefault(named, there)
    chosen = contracts.find([known[named] for named in sorted(known)], which, context_id)
    named = chosen.contract_id, chosen.version
    shape = contracts.known_shapes(services, context_id).get(named)
    if shape is None and named in stored:
        shape = rules.shape(*stored[named])
    if shape is None:
        raise errors.UnknownContract(
            f"the contract {chosen.label} is only consumed in context {context_id!r}: its shape is not known",
            hint="install the package whose contract it is, and ask again",
            contract=which,
        )
    return chosen, shape


def _compared(path: str, text: str, contract: Contract) -> GeneratedFile:
    there = _read(path)
    if there is None:
        return GeneratedFile(path=path, was="missing", difference=_difference(path, "", text))
    if there == text:
        return GeneratedFile(path=path, was="current")
    if f": peers types {contract.label} " not in there.partition("\n")[0]:
        raise errors.InvalidSetting(
            f"{path} is there, and its first line does not say that it holds the types of {contract.label}",
            hint="give another folder, or move that file away",
            given=path,
        )
    return GeneratedFile(path=path, was="different", difference=_difference(path, there, text))


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise errors.InvalidSetting(
            f"{path} cannot be read: {error.strerror or error}", hint="give another folder", given=path
        ) from error


def _difference(path: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), path, path, "is", "belongs", n=2
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
