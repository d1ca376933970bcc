"""Whether a provider fulfils a contract that it claims: its shape must hold all of the contract's.

Members are told apart by their names, as consumers call them; ids are the provider's own. Per member:

- table: further columns, when they are optional or have a default; else the same columns, and the same
  primary key. How many versions of it there were, and its indexes, are the provider's own business.
- tool: whatever fits the contract's arguments fits; whatever it returns fits the contract's result. One that
  is called like a function is no coroutine.
- observable: every value that it has fits the contract's type; one that can be set takes all that fits.
- event: whatever it tells fits the contract's payload.

What a part is when it is left out, its default, is the provider's own business as well. What cannot be judged
is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from peers_runtime.rules import contracts

Shape = Mapping[str, Any]


def faults(contract: Shape, provider: Shape) -> tuple[str, ...]:
    """What a consumer of the contract would miss, a sentence each; none when the provider fulfils it.

    "tool add_task: argument title: was string, is integer": so it is in the contract, and so in the provider.
    """
    return tuple(_faults(contract, provider))


def _faults(contract: Shape, provider: Shape) -> Iterator[str]:
    for shape, whose in ((contract, "the contract"), (provider, "the provider")):
        if shape["format"] != contracts.FORMAT:
            yield f"the shape of {whose} is in format {shape['format']}, which cannot be judged"
            return
    for kind in sorted(contract.keys() - {"format"}):
        word = kind.removesuffix("s")
        there = {member["name"]: member for member in provider.get(kind, {}).values()}
        for wanted in sorted(contract[kind].values(), key=lambda member: member["name"]):
            name = wanted["name"]
            if name not in there:
                yield f"{word} {name} is missing"
                continue
            was, now = _judged(wanted, there[name])
            for one in contracts.of_member(kind, was, now):
                if one.is_lossy and not one.is_of_default:
                    yield f"{word} {name}: {one.words}"


def _judged(contract: Shape, provider: Shape) -> tuple[Shape, Shape]:
    """A member without what no consumer can notice."""
    provider = {key: value for key, value in provider.items() if key not in _OWN_BUSINESS}
    contract = {key: value for key, value in contract.items() if key not in _OWN_BUSINESS}
    if "async" in contract:  # what is awaited may as well be there at once
        provider = {**provider, "async": contract["async"]}
    return contract, provider


_OWN_BUSINESS: Final = frozenset({"version", "indexes"})  # of a table
