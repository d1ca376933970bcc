"""Random acts of several people in several contexts on several devices, with restarts in between.

What the runtime does is compared with `lifecycle_model` after each act, on every device.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from peers_runtime import Role
from tests.operations.lifecycle_context import FOLLOWED, OF_DEVICE, ORDER, VERSIONS, Chosen
from tests.operations.lifecycle_device import Device
from tests.operations.lifecycle_model import Model, Refusal
from tests.operations.lifecycle_world import GROUPS, World

# after an uninstallation all begins anew
CHOICES = [*["follow_group"] * 7, *["pin"] * 4, *["unpin"] * 5, *["disable"] * 2, "uninstall"]

contexts = st.sampled_from([*["acme"] * 4, "globex", "personal"])
# most acts are somebody's who may do them
actors = st.sampled_from([*["ada"] * 4, "alan", "alan", "grace", "rita", "mallory"])
versions = st.sampled_from(list(VERSIONS))
places = st.integers(0, 7)  # of a row or a device, counted round
seldom = st.sampled_from([False, False, True])
ranges = st.sampled_from([None, None, "latest", "latest", "minor", "patch", "pinned"])
tags_of_contexts = st.sampled_from([None, *FOLLOWED, "dev"])
tags_of_devices = st.sampled_from([None, *OF_DEVICE, "dev", "stable,dev"])


class Lifecycle(RuleBasedStateMachine):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.models = world.begun()
        self.touched = set(self.models)
        self.is_away = False  # the folder where homes exchange snapshots
        self.devices = [Device(world, name, self.models) for name in world.devices]

    def teardown(self) -> None:
        for device in self.devices:
            device.close()

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: not self.is_away)  # else nothing can be kept
    @rule(at=places, context=contexts, actor=actors, version=versions, activate=seldom)
    def install(self, at: int, context: str, actor: str, version: str, activate: bool) -> None:
        device, model = self.seen(at, context)
        own = next(
            (one for one, row in model.rows.items() if row.tag == "dev" and row.device == device.name), None
        )
        refusal = model.install(actor, own, version, activate=activate)
        row = self.met(
            device,
            context,
            refusal,
            lambda: device.runtime.install(self.world.sources / version, context, actor, activate=activate),
            lambda row: model.installed_as(row.package_version_id, version, activate=activate),
        )
        assert row is None or row.device_id is None or own in (None, row.package_version_id)

    @rule(at=places, context=contexts, actor=actors, place=places, to=st.sampled_from(["beta", "stable"]))
    def promote(self, at: int, context: str, actor: str, place: int, to: str) -> None:
        self.on_row(at, context, actor, Role.ADMIN, place, "promote", to)

    @rule(at=places, context=contexts, actor=actors, place=places, here=st.booleans())
    def activate(self, at: int, context: str, actor: str, place: int, here: bool) -> None:
        self.on_row(at, context, actor, Role.READER, place, "activate", here)

    @rule(at=places, context=contexts, actor=actors, place=places)
    def yank(self, at: int, context: str, actor: str, place: int) -> None:
        self.on_row(at, context, actor, Role.ADMIN, place, "yank", None)

    @rule(at=places, context=contexts, actor=actors)
    def rollback(self, at: int, context: str, actor: str) -> None:
        self.roll_back(at, context, actor, None)

    @rule(at=places, context=contexts, actor=actors, place=places)
    def rollback_to(self, at: int, context: str, actor: str, place: int) -> None:
        rows = self.models[context].rows
        older = sorted(rows, key=lambda row_id: ORDER[rows[row_id].version])
        self.roll_back(at, context, actor, older[place % len(older)] if older else None)

    @rule(at=places, context=contexts, actor=actors, tags=tags_of_contexts, reach=ranges)
    def follow(self, at: int, context: str, actor: str, tags: str | None, reach: Any) -> None:
        self.set_way(at, context, actor, tags, reach, here=False)

    @rule(at=places, context=contexts, actor=actors, tags=tags_of_devices, reach=ranges)
    def follow_here(self, at: int, context: str, actor: str, tags: str | None, reach: Any) -> None:
        self.set_way(at, context, actor, tags, reach, here=True)

    @rule(at=places, context=contexts, actor=actors, what=st.sampled_from(CHOICES))
    def choose(self, at: int, context: str, actor: str, what: str) -> None:
        device, model = self.seen(at, context)
        needed = Role.ADMIN if what in ("disable", "uninstall") else Role.READER
        given = (actor,) if what in ("disable", "uninstall") else ()
        refusal = model.refuses(actor, needed) or getattr(model, what)(*given)
        self.met(device, context, refusal, lambda: getattr(device.runtime, what)("notes", context, actor))

    @rule(
        at=places,
        context=st.sampled_from(GROUPS),
        actor=actors,
        member=st.sampled_from(["alan", "grace", "rita", "mallory"]),  # ada reads what is compared
        role=st.sampled_from(Role),
    )
    def give(self, at: int, context: str, actor: str, member: str, role: Role) -> None:
        device, model = self.seen(at, context)
        former = model.roles.get(member, Role.NONE)
        refusal = model.give(member, role, actor)
        give = partial(device.runtime.members.set, context, member, role, actor)
        if refusal is None and role is former:  # nothing is written, so that a busy device takes nothing over
            sequence = device.sequence()
            assert (give().role, device.sequence()) == (role, sequence)
        else:
            self.met(device, context, refusal, give)

    # ── what happens to devices ──────────────────────────────────────────────────────────────────

    @rule(at=places, is_afresh=st.booleans())
    def restart(self, at: int, is_afresh: bool) -> None:
        """With the index, or without it: what was live is live again."""
        device = self.open_device(at)
        before = None if device.is_busy else device.live()
        device.close()
        device.open(is_afresh=is_afresh)
        assert before in (None, device.live())

    @precondition(lambda self: len(self.opened()) > 1)
    @rule(at=places)
    def close(self, at: int) -> None:
        """While it is closed, others act."""
        self.open_device(at).close()

    @precondition(lambda self: len(self.opened()) < len(self.devices))
    @rule(is_afresh=seldom)
    def come_back(self, is_afresh: bool) -> None:
        for device in self.devices:
            if not device.is_open:
                device.open(is_afresh=is_afresh)

    @precondition(lambda self: len(self.opened()) > 1)
    @rule(at=places)
    def be_busy(self, at: int) -> None:
        """For a while a device takes nothing over from others, but where it acts itself."""
        device = self.open_device(at)
        if device.is_busy:
            device.be_free()
        else:
            device.be_busy()

    @precondition(lambda self: len(self.devices) > 1)
    @rule()
    def take_away(self) -> None:
        """The folder where homes exchange snapshots is not mounted for a while: nothing new arrives."""
        self.is_away = not self.is_away
        folder = self.world.blobs
        away = folder.with_name("away")
        (folder if self.is_away else away).rename(away if self.is_away else folder)
        for device in self.devices:
            device.touched.update(self.models)
            device.awaits_files = not self.is_away

    # a device judges what others write when it takes that over
    @precondition(lambda self: self.world.is_shared and not any(one.is_busy for one in self.devices))
    @rule(context=contexts, place=places, is_named=st.booleans())
    def change_by_hand(self, context: str, place: int, is_named: bool) -> None:
        """A record of a release says what nobody has signed, until that is put right again."""
        rows = self.models[context].rows
        released = [row_id for row_id, row in rows.items() if row.tag != "dev"]
        if released:
            row_id = released[place % len(released)]
            row = rows[row_id]
            row.is_changed = not row.is_changed
            maker = "created_by || '!'" if row.is_changed else "rtrim(created_by, '!')"
            self.world.change(context, row_id, maker, is_named=is_named)
            self.touch(context)

    # ── what always holds ────────────────────────────────────────────────────────────────────────

    @invariant()
    def is_as_the_model_says(self) -> None:
        for device in self.opened():
            if not device.is_busy:
                device.catch_up(is_away=self.is_away)
        while self.touched:
            context = self.touched.pop()
            for device in self.opened():
                device.is_recorded(context)
            self.answers_are_one(context)

    def answers_are_one(self, context: str) -> None:
        """Two devices with the same facts answer the same."""
        model = self.models[context]
        answers: dict[tuple[object, ...], tuple[object, ...]] = {}
        for device in self.opened():
            found, chosen = device.answers.get(context), model.chosen.get(device.name, Chosen())
            if found is None or self.is_away or device.is_busy or "dev" in (chosen.tags or ""):
                continue
            released = [one for one in found.considered if one.version.device_id is None]
            answer = found.version, found.reason, released
            assert answers.setdefault(astuple(chosen), answer) == answer

    # ── common to all acts ───────────────────────────────────────────────────────────────────────

    def opened(self) -> list[Device]:
        return [device for device in self.devices if device.is_open]

    def open_device(self, at: int) -> Device:
        return self.opened()[at % len(self.opened())]

    def seen(self, at: int, context: str) -> tuple[Device, Model]:
        """A device, and the context as it is seen from there."""
        device = self.open_device(at)
        return device, device.sight(context, is_away=self.is_away)

    def touch(self, context: str) -> None:
        self.touched.add(context)
        for device in self.devices:
            device.touched.add(context)

    def roll_back(self, at: int, context: str, actor: str, to: str | None) -> None:
        device, model = self.seen(at, context)
        refusal = model.refuses(actor, Role.READER) or model.rollback(actor, to)
        self.met(device, context, refusal, lambda: device.runtime.rollback("notes", context, actor, to=to))

    def set_way(self, at: int, context: str, actor: str, tags: str | None, reach: Any, *, here: bool) -> None:
        device, model = self.seen(at, context)
        refusal = model.refuses(actor, Role.READER if here else Role.ADMIN)
        refusal = refusal or model.follow(actor, tags, reach, here=here)
        self.met(
            device,
            context,
            refusal,
            lambda: device.runtime.follow("notes", context, actor, tags=tags, range=reach, device=here),
        )

    def on_row(
        self, at: int, context: str, actor: str, needed: Role, place: int, what: str, how: Any
    ) -> None:
        device, model = self.seen(at, context)
        rows = list(model.rows)
        if what == "promote" and place % 4:  # most of the time something that can be promoted
            rows = [row_id for row_id in rows if model.rows[row_id].tag != "stable"] or rows
        row_id = rows[place % len(rows)] if rows else "none"
        runtime, refusal = device.runtime, model.refuses(actor, needed)
        if what == "promote":
            refusal = refusal or model.promote(actor, row_id, how)
            self.met(device, context, refusal, lambda: runtime.promote("notes", row_id, how, context, actor))
        elif what == "activate":
            refusal = refusal or model.activate(actor, row_id, here=how)
            self.met(
                device,
                context,
                refusal,
                lambda: runtime.activate("notes", row_id, context, actor, device=how),
            )
        else:
            refusal = refusal or model.yank(actor, row_id)
            self.met(device, context, refusal, lambda: runtime.yank("notes", row_id, context, actor))

    def met(
        self,
        device: Device,
        context: str,
        refusal: Refusal,
        act: Callable[[], Any],
        then: Callable[[Any], object] = lambda _: None,
    ) -> Any:
        """What the act answers with, or None when it is refused as it should be."""
        with device.acting():
            if refusal is None:
                done = act()
                then(done)
                self.touch(context)
                assert device.runtime.services.engine.state.sequence == device.sequence()
                device.compare(is_away=self.is_away)
                return done
            device.touched.add(context)
            sequence = device.sequence()
            with pytest.raises(refusal) as caught:
                act()
            assert type(caught.value) is refusal
            assert device.sequence() == sequence
        return None


def run(world: World, examples: int, steps: int, *, is_long: bool = False) -> None:
    """`is_long`: with other acts each time; else the acts are the same as long as the code is."""
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # Hypothesis leaves it so
        lambda: Lifecycle(world),
        settings=settings(
            max_examples=examples,
            derandomize=not is_long,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
