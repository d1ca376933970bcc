"""Exchanging one version for its next state in the contexts that run it, with the state it hands over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from peers_runtime.activation import check, handover
from peers_runtime.activation.binding import Binding, Entered
from peers_runtime.base import errors

if TYPE_CHECKING:
    from peers_runtime.activation.engine import Engine, Prepared
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.model.active import ActivePackage


def reload(
    engine: Engine, context_ids: Sequence[str], package: ActivePackage, may_switch: Callable[[], bool]
) -> bool:
    """Load and check a version in each context, then switch all of them, or none.

    `may_switch` is asked last; False drops what was loaded and is the answer. The old version is told of
    its end after the switch. When it implements `peers_dispose`, the new one's `peers_activated` comes
    after that and gets its data, while whoever wants to use the new one waits; when it raises, the old one
    is switched back, activated again with its own data. State that would keep the old version in memory is
    left behind, as a diagnostic of it. Raises as `Engine.prepare`. The caller holds `engine.acts`.
    """
    before = {context_id: engine.binding(context_id) for context_id in context_ids}
    old = _replaced(before.values(), package)
    hands_over = old is not None and any(
        hook.hook == "peers_dispose" for hook in old.definition.lifecycle_hooks
    )
    prepared: list[Prepared] = []
    try:
        for context_id, binding in before.items():
            others = [one for one in binding.active.packages if one.package_id != package.package_id]
            after = sorted([*others, package], key=lambda one: one.name)
            prepared.append(engine.prepare(context_id, after, tell=not hands_over))
        switches = may_switch()
    except BaseException:
        _discard(engine, prepared, package)
        raise
    if not switches:
        _discard(engine, prepared, package)
        return False
    if old is None or not hands_over:
        for one in prepared:
            engine.switch(one.binding.context_id, one)
    else:
        _hand_over(engine, before, old, prepared, package)
    return True


def _replaced(bindings: Any, package: ActivePackage) -> ActiveVersion | None:
    """The version that goes, if a context of these has been using it."""
    for binding in bindings:
        version: ActiveVersion | None = binding.versions.get(package.name)
        if (
            version is not None
            and version.package.key != package.key
            and version.is_used_in(binding.context_id)
        ):
            return version
    return None


def _hand_over(
    engine: Engine,
    before: dict[str, Binding],
    old: ActiveVersion,
    prepared: list[Prepared],
    package: ActivePackage,
) -> None:
    new = prepared[0].binding.versions[package.name]
    used = [binding for binding in before.values() if old.is_used_in(binding.context_id)]
    with new.first_uses:
        after = [engine.bind(one.binding.context_id, one.active) for one in prepared]
        data = _ended(engine, used, old)
        good, faults = handover.judge(data)
        for fault in faults:
            old.report(
                errors.StateNotHandedOver.code,
                f"peers_dispose hands over {fault}, which would keep this version in memory: it was left out",
                "hand over plain data, and build the objects anew in peers_activated",
            )
        try:
            for binding in after:
                with Entered(binding):
                    check.takes_over(new, old, good)
        except BaseException:
            for binding in before.values():
                engine.bind(binding.context_id, binding.active)
            _revive(used, old, new, data)
            _discard(engine, prepared, package)
            raise


def _ended(engine: Engine, used: Sequence[Binding], old: ActiveVersion) -> dict[str, Any]:
    """Tell the old version context by context; the last one has it dispose, if nobody else uses it."""
    data: dict[str, Any] = {}
    in_use = engine.in_use()
    for number, binding in enumerate(used, start=1):
        elsewhere = in_use if number == len(used) else {old.package.key}
        data.update(engine.tell_end(binding, [old], elsewhere))
    return data


def _revive(used: Sequence[Binding], old: ActiveVersion, new: ActiveVersion, data: dict[str, Any]) -> None:
    for binding in used:
        try:
            with Entered(binding):
                check.takes_over(old, new, data)
        except errors.PeersError as error:
            old.report(error.code, error.message, error.hint)


def _discard(engine: Engine, prepared: list[Prepared], package: ActivePackage) -> None:
    """Undo what was prepared, the last one first: the version is unloaded with the first one's."""
    while prepared:
        last = prepared.pop()
        if prepared:
            engine.tell_end(last.binding, [last.binding.versions[package.name]], {package.key})
        engine.discard(last)
        del last
