"""Exchanging one version for its next state in the contexts that run it, with the state it hands over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from peers_runtime.activation import check, handover
from peers_runtime.activation.binding import Binding, Entered
from peers_runtime.base import errors

if TYPE_CHECKING:
    from peers_runtime.activation.engine import Engine
    from peers_runtime.activation.prepared import Prepared
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.model.active import ActivePackage


def reload(
    engine: Engine,
    packages: Mapping[str, ActivePackage],
    may_switch: Callable[[], bool] = lambda: True,
) -> bool:
    """Load and check a version in each context (`packages` by context id), then switch all of them, or none.

    `may_switch` is asked last; False drops what was loaded and is the answer. The old version is told of
    its end after the switch. When it implements `peers_dispose`, the new one's `peers_activated` comes
    after that and gets its data, while whoever wants to use the new one waits; when it raises, the old one
    is switched back, activated again with its own data. State that would keep the old version in memory is
    left behind, as a diagnostic of it. Raises as `Engine.prepare`. The caller holds `engine.acts`.
    """
    before = {context_id: engine.binding(context_id) for context_id in packages}
    hands_over = any(_disposes(one) for one in _replaced(before, packages))
    prepared: list[Prepared] = []
    try:
        for context_id, package in packages.items():
            others = [
                one for one in before[context_id].active.packages if one.package_id != package.package_id
            ]
            after = sorted([*others, package], key=lambda one: one.name)
            prepared.append(engine.prepare(context_id, after, tell=not hands_over))
        switches = may_switch()
    except BaseException:
        _discard(engine, prepared)
        raise
    if not switches:
        _discard(engine, prepared)
        return False
    if hands_over:
        _hand_over(engine, before, prepared, packages)
    else:
        for one in prepared:
            engine.switch(one.binding.context_id, one)
    return True


def _replaced(before: Mapping[str, Binding], packages: Mapping[str, ActivePackage]) -> list[ActiveVersion]:
    """The versions that go, as far as the contexts have been using them, each once."""
    found: dict[int, ActiveVersion] = {}
    for context_id, package in packages.items():
        version = before[context_id].versions.get(package.name)
        if version is not None and version.package.key != package.key and version.is_used_in(context_id):
            found[id(version)] = version
    return list(found.values())


def _disposes(version: ActiveVersion) -> bool:
    return any(hook.hook == "peers_dispose" for hook in version.definition.lifecycle_hooks)


class _Ended:
    """A version that was told its end, in these contexts, and what it left behind."""

    def __init__(self, version: ActiveVersion, bindings: Sequence[Binding]) -> None:
        self.version = version
        self.bindings = bindings
        self.data: dict[str, Any] = {}

    def tell(self, engine: Engine) -> None:
        """Context by context; with the last one it disposes, if nobody else uses it."""
        in_use = engine.in_use()
        for number, binding in enumerate(self.bindings, start=1):
            elsewhere = in_use if number == len(self.bindings) else {self.version.package.key}
            self.data.update(engine.tell_end(binding, [self.version], elsewhere))

    def to_hand_over(self) -> dict[str, Any]:
        good, faults = handover.judge(self.data)
        for fault in faults:
            self.version.report(
                errors.StateNotHandedOver.code,
                f"peers_dispose hands over {fault}, which would keep this version in memory: it was left out",
                "hand over plain data, and build the objects anew in peers_activated",
            )
        return good

    def revive(self, engine: Engine, instead: ActiveVersion) -> None:
        """It serves again: tell it so, with its own data."""
        for binding in self.bindings:
            try:
                with Entered(engine.binding(binding.context_id)):
                    check.takes_over(self.version, instead, self.data)
            except errors.PeersError as error:
                self.version.report(error.code, error.message, error.hint)


def _hand_over(
    engine: Engine,
    before: Mapping[str, Binding],
    prepared: list[Prepared],
    packages: Mapping[str, ActivePackage],
) -> None:
    package = next(iter(packages.values()))
    new = prepared[0].binding.versions[package.name]
    ended = [
        _Ended(old, [one for one in before.values() if old.is_used_in(one.context_id)])
        for old in _replaced(before, packages)
    ]
    with new.first_uses:
        for one in prepared:
            engine.bind(one.binding.context_id, one.active)
        try:
            data: dict[str, Any] = {}
            for old in reversed(ended):  # the first context's own is the last, and wins
                old.tell(engine)
                data.update(old.to_hand_over())
            for one in prepared:
                previous = before[one.binding.context_id].versions.get(package.name)
                with Entered(engine.binding(one.binding.context_id)):
                    check.takes_over(new, previous, data)
        except BaseException:
            for binding in before.values():
                engine.bind(binding.context_id, binding.active)
            for old in ended:
                old.revive(engine, new)
            _discard(engine, prepared)
            _move(engine, before)
            raise
    _move(engine, before)


def _move(engine: Engine, contexts: Iterable[str]) -> None:
    for context_id in contexts:
        engine.live.moved(context_id)


def _discard(engine: Engine, prepared: list[Prepared]) -> None:
    """Undo what was prepared, the last one first: the version is unloaded with the first one's."""
    while prepared:
        engine.discard(prepared.pop())
