"""Random acts of several people in several contexts of one home, with restarts in between.

What the runtime does is compared with `lifecycle_model` after each act.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from peers_runtime import Role, Runtime
from peers_runtime.model.versions import precedence
from tests.operations.lifecycle_model import OF_DEVICE, VERSIONS, Model, Refusal
from tests.world import project, screen

ROLES = {"ada": Role.OWNER, "alan": Role.ADMIN, "grace": Role.WRITER, "rita": Role.READER}
GROUPS = ("acme", "globex")
CHOICES = [*["follow_group"] * 4, "pin", *["unpin"] * 2, "disable"]

contexts = st.sampled_from(["acme", "acme", "acme", "globex", "personal"])
# most acts are somebody's who may do them
actors = st.sampled_from(["ada", "ada", "ada", "alan", "alan", "grace", "rita", "mallory"])
versions = st.sampled_from(list(VERSIONS))
places = st.integers(0, 7)  # of a row, counted round
seldom = st.sampled_from([False, False, True])
ranges = st.sampled_from([None, "latest", "minor", "patch", "pinned"])


@cache
def template() -> tuple[Path, dict[str, Model]]:
    """A folder with the builds and a home, and its models: two releases in each context, and a build."""
    memory = "/dev/shm"
    folder = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
    for version in VERSIONS:
        project(folder / version, version=version, files=screen("notes", "notes", version))
    with Runtime.open(folder / "home", actor="ada", device="desk", facades=False) as runtime:
        for context in GROUPS:
            runtime.contexts.create(context)
            for actor, role in ROLES.items():
                runtime.members.set(context, actor, role)
        models = {name: Model(name != "personal", dict(ROLES)) for name in (*GROUPS, "personal")}
        for context, model in models.items():
            for version in ("1.0.0", "1.0.1", "2.0.0"):
                is_release = version != "2.0.0"
                row_id = runtime.install(folder / version, context, activate=is_release).package_version_id
                model.installed_as(row_id, version, activate=is_release)
                if is_release:
                    runtime.promote("notes", version, "stable", context)
                    assert model.promote("ada", row_id, "stable") is None
    return folder, models


@pytest.fixture(autouse=True, scope="module")
def gone() -> Any:
    yield
    shutil.rmtree(template()[0])


class Lifecycle(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.sources, models = template()
        self.home = Path(tempfile.mkdtemp(dir=self.sources)) / "home"
        shutil.copytree(self.sources / "home", self.home)
        self.runtime = self.opened()
        self.models = deepcopy(models)
        self.touched = set(self.models)

    def opened(self) -> Runtime:
        return Runtime.open(self.home, actor="ada", facades=False)

    def teardown(self) -> None:
        self.runtime.close()
        shutil.rmtree(self.home.parent)

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    @rule(context=contexts, actor=actors, version=versions, activate=seldom)
    def install(self, context: str, actor: str, version: str, activate: bool) -> None:
        model = self.models[context]
        own = next((row_id for row_id, row in model.rows.items() if row.tag == "dev"), None)
        refusal = model.install(actor, own, version, activate=activate)
        row = self.met(
            context,
            refusal,
            lambda: self.runtime.install(self.sources / version, context, actor, activate=activate),
        )
        if row is not None:
            assert row.package_version_id == own or own is None
            model.installed_as(row.package_version_id, version, activate=activate)

    @rule(context=contexts, actor=actors, place=places, to=st.sampled_from(["beta", "stable"]))
    def promote(self, context: str, actor: str, place: int, to: str) -> None:
        self.on_row(context, actor, Role.ADMIN, place, "promote", to)

    @rule(context=contexts, actor=actors, place=places, here=st.booleans())
    def activate(self, context: str, actor: str, place: int, here: bool) -> None:
        self.on_row(context, actor, Role.READER, place, "activate", here)

    @rule(context=contexts, actor=actors, place=places)
    def yank(self, context: str, actor: str, place: int) -> None:
        self.on_row(context, actor, Role.ADMIN, place, "yank", None)

    @rule(context=contexts, actor=actors, place=st.none() | places)
    def rollback(self, context: str, actor: str, place: int | None) -> None:
        model = self.models[context]
        to = None if place is None or not model.rows else list(model.rows)[place % len(model.rows)]
        refusal = model.refuses(actor, Role.READER) or model.rollback(actor, to)
        self.met(context, refusal, lambda: self.runtime.rollback("notes", context, actor, to=to))

    @rule(
        context=contexts,
        actor=actors,
        tags=st.sampled_from([None, *OF_DEVICE]),
        reach=ranges,
        here=st.booleans(),
    )
    def follow(self, context: str, actor: str, tags: str | None, reach: Any, here: bool) -> None:
        model = self.models[context]
        refusal = model.refuses(actor, Role.READER if here else Role.ADMIN)
        refusal = refusal or model.follow(actor, tags, reach, here=here)
        self.met(
            context,
            refusal,
            lambda: self.runtime.follow("notes", context, actor, tags=tags, range=reach, device=here),
        )

    @rule(context=contexts, actor=actors, what=st.sampled_from(CHOICES))
    def choose(self, context: str, actor: str, what: str) -> None:
        model = self.models[context]
        needed = Role.ADMIN if what == "disable" else Role.READER
        refusal = model.refuses(actor, needed) or getattr(model, what)()
        self.met(context, refusal, lambda: getattr(self.runtime, what)("notes", context, actor))

    @rule(
        context=st.sampled_from(GROUPS),
        actor=actors,
        member=st.sampled_from(["alan", "grace", "rita", "mallory"]),  # ada reads what is compared
        role=st.sampled_from(Role),
    )
    def give(self, context: str, actor: str, member: str, role: Role) -> None:
        refusal = self.models[context].give(member, role, actor)
        self.met(context, refusal, lambda: self.runtime.members.set(context, member, role, actor))

    @rule(is_afresh=st.booleans())
    def restart(self, is_afresh: bool) -> None:
        """With the index, or without it: what was live is live again."""
        before = self.live()
        self.runtime.close()
        if is_afresh:
            (self.home / "index.json").unlink()
        self.runtime = self.opened()
        assert self.live() == before
        self.touched = set(self.models)

    # ── what always holds ────────────────────────────────────────────────────────────────────────

    @invariant()
    def is_as_the_model_says(self) -> None:
        while self.touched:
            context = self.touched.pop()
            model = self.models[context]
            if not model.installed:
                continue
            expected = model.resolve()
            found = self.runtime.resolve("notes", context)
            found_id = None if found.version is None else found.version.package_version_id
            assert found_id == expected, (found, model)
            self.shows(context, None if expected is None else model.rows[expected].version)
            self.holds_back(context, found_id)
            self.verifies(context)

    def shows(self, context: str, version: str | None) -> None:
        ctx = self.runtime.context(context)
        assert [route.package.version for route in ctx.routes.list()] == ([version] if version else [])
        if version:
            assert ctx.render("notes").content == version

    def holds_back(self, context: str, live: str | None) -> None:
        """What policy took by itself is newer than what was set, and than what was rolled back from."""
        (package,) = self.runtime.packages(context)
        with self.runtime.services.catalog.read() as reader:
            prefs = reader.prefs(self.runtime.device, context, package.package_id)
        rows = {one.package_version_id: one for one in self.runtime.versions("notes", context)}
        set_here = prefs.active_version_id if prefs.override or prefs.pinned else None
        current = rows.get(set_here or package.active_version_id or "")
        if live is None or live in (package.active_version_id, prefs.active_version_id):
            return
        held = prefs.held_above if prefs.override and set_here else package.held_above
        for other in (current.version if current else None, held):
            assert other is None or precedence(rows[live].version) > precedence(other)
        assert not rows[live].yanked

    def verifies(self, context: str) -> None:
        """Who has lost the role since is all that verifying may find."""
        for told in self.runtime.history("notes", context):
            assert [one for one in told.problems if "the role held is" not in one] == []

    # ── common to all acts ───────────────────────────────────────────────────────────────────────

    def on_row(self, context: str, actor: str, needed: Role, place: int, what: str, how: Any) -> None:
        model = self.models[context]
        row_id = list(model.rows)[place % len(model.rows)] if model.rows else "none"
        runtime, refusal = self.runtime, model.refuses(actor, needed)
        if what == "promote":
            refusal = refusal or model.promote(actor, row_id, how)
            self.met(context, refusal, lambda: runtime.promote("notes", row_id, how, context, actor))
        elif what == "activate":
            refusal = refusal or model.activate(actor, row_id, here=how)
            self.met(context, refusal, lambda: runtime.activate("notes", row_id, context, actor, device=how))
        else:
            refusal = refusal or model.yank(row_id)
            self.met(context, refusal, lambda: runtime.yank("notes", row_id, context, actor))

    def met(self, context: str, refusal: Refusal, act: Callable[[], Any]) -> Any:
        """What the act answers with, or None when it is refused as it should be."""
        self.touched.add(context)
        if refusal is None:
            return act()
        sequence = self.sequence()
        with pytest.raises(refusal) as caught:
            act()
        assert type(caught.value) is refusal
        assert self.sequence() == sequence
        return None

    def live(self) -> dict[str, Any]:
        """What the engine holds, as comparable data."""
        state = self.runtime.services.engine.state
        return {
            "sequence": state.sequence,
            "names": list(state.names),
            **{
                context: (kind, [one.key for one in state.active(context)], dict(roles))
                for context, (kind, _, roles) in state.contexts.items()
            },
        }

    def sequence(self) -> int:
        with self.runtime.services.catalog.read() as reader:
            return reader.sequence()


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Lifecycle,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_acts_lead_where_the_tables_say() -> None:
    run(10, 35)


@pytest.mark.soak
@pytest.mark.timeout(3 * 3600)
def test_ten_thousand_random_acts_lead_where_the_tables_say() -> None:
    run(200, 50)
