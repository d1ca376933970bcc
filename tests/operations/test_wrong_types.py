"""Every argument of every act, given as something else than it should be, is refused in our words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from peers_runtime import PeersError, Role, Runtime
from tests.operations.acting import GROUP, Group

WRONG = [5, b"notes", "\ud800", "no\0tes", ["notes"], object()]
RIGHT: dict[str, Any] = {
    "name": "notes",
    "context": GROUP,
    "actor": "ada",
    "version": "1.1.0",
    "to": None,
    "tags": "stable",
    "range": "minor",
    "digest": None,
    "from_context": GROUP,
    "to_context": "globex",
    "source": "nowhere",
    "member": "rita",
    "role": Role.READER,
    "context_id": "other",
    "kind": "group",
}


def acts(runtime: Runtime) -> Iterator[tuple[str, Callable[..., Any]]]:
    named = {
        name: getattr(runtime, name)
        for name in (
            *("install", "copy", "require", "promote", "yank", "activate", "rollback", "follow", "pin"),
            *("follow_group", "unpin", "disable", "uninstall", "packages", "versions", "history", "resolve"),
            *("manifest", "context"),
        )
    }
    yield from named.items()
    yield "contexts.create", runtime.contexts.create
    yield "members.set", runtime.members.set
    yield "members.list", runtime.members.list


def test_no_act_takes_what_it_cannot_use_or_fails_in_words_of_its_insides(group: Group) -> None:
    group.release("1.0.0")
    group.release("1.1.0")
    group.runtime.contexts.create("globex")
    before = group.state()
    tried, wrongly = 0, list[str]()
    for name, act in acts(group.runtime):
        parameters = inspect.signature(act).parameters
        right = {key: RIGHT[key] for key in parameters if key in RIGHT}
        if name == "promote":
            right["to"] = "stable"
        if "dry_run" in parameters:
            right["dry_run"] = True
        for key in right.keys() - {"dry_run"}:
            for wrong in WRONG:
                tried += 1
                try:
                    act(**{**right, key: wrong})
                    told = "taken"
                except PeersError as error:
                    told = "" if error.hint else f"no hint: {error}"
                except Exception as error:
                    told = f"{type(error).__name__}: {error}"
                if told:
                    wrongly.append(f"{name}({key}={wrong!r}): {told[:100]}")
    assert wrongly == []
    assert tried > 250
    assert group.state() == before
