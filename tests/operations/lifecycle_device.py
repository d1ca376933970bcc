"""One device in random acts: opened and closed, kept from following, and compared with the model."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from peers_runtime import PackageVersion, Runtime
from peers_runtime.model.versions import precedence
from peers_runtime.rules.resolution import Resolution
from tests.host.devices import until
from tests.operations.lifecycle_context import Chosen
from tests.operations.lifecycle_model import Model
from tests.operations.lifecycle_world import World
from tests.world import an_id

PACKAGE = an_id("notes")


class Device:
    """Opened when it is made; `touched` are the contexts that may have changed since it was compared."""

    runtime: Runtime

    def __init__(self, world: World, name: str, contexts: Mapping[str, Model]) -> None:
        self.name = name
        self.is_open = False
        self.is_busy = False
        self.awaits_files = False  # which can be had again
        self.touched: set[str] = set()
        self.answers: dict[str, Resolution] = {}
        self.verified: dict[str, list[PackageVersion]] = {}
        self._world = world
        self._contexts = contexts
        self.open()

    def open(self, *, is_afresh: bool = False) -> None:
        """`is_afresh`: the index is gone."""
        if is_afresh:
            for index in self._world.home(self.name).glob("index*.json"):
                index.unlink()
        self.runtime = self._world.opened(self.name)
        self.is_open = True
        self.touched.update(self._contexts)

    def close(self) -> None:
        if self.is_open:
            self.be_free()
            self.runtime.close()
            self.is_open = False
            self.answers.clear()

    def be_busy(self) -> None:
        """Take over nothing that others change, as within an act that takes long."""
        if not self.is_busy:
            self.is_busy = self.runtime.services.engine.acts.acquire()

    def be_free(self) -> None:
        if self.is_busy:
            self.is_busy = False
            self.runtime.services.engine.acts.release()

    @contextmanager
    def acting(self) -> Generator[None]:
        """What is compared in here is what the act itself has led to."""
        with self.runtime.services.engine.acts:
            yield

    def sight(self, context: str, *, is_away: bool) -> Model:
        """The context as it is seen from here: what has not been fetched cannot be had while all is away."""
        model = self._contexts[context]
        if not (is_away and model.installed):
            return model.at(self.name)
        has = self.runtime.services.snapshots.has
        with self.runtime.services.catalog.read() as reader:
            rows = reader.versions(context, PACKAGE)
        return model.at(self.name, {one.package_version_id for one in rows if not has(one.snapshot_digest)})

    def catch_up(self, *, is_away: bool) -> None:
        """Wait until all that others did is live here, and compare."""
        self.runtime.context()  # from now on it follows
        engine, sequence = self.runtime.services.engine, self.sequence()
        until(lambda: engine.state.sequence == sequence)
        if self.awaits_files and not is_away:
            until(lambda: all(self.shown(context) == self.expected(context) for context in self._contexts))
            self.awaits_files = False
        with engine.acts:  # or it may be in the middle of it
            self.compare(is_away=is_away)

    def compare(self, *, is_away: bool) -> None:
        if self.awaits_files and not is_away:
            return  # while it is busy, what has arrived is not taken over yet
        while self.touched:
            context = self.touched.pop()
            model = self.sight(context, is_away=is_away)
            self.answers.pop(context, None)
            if not model.installed:
                assert self.shown(context) is None
                continue
            expected = model.resolve()
            found = self.runtime.resolve("notes", context)
            found_id = None if found.version is None else found.version.package_version_id
            assert found_id == expected, (self.name, [str(one) for one in found.considered], model)
            version = None if expected is None else model.rows[expected].version
            assert self.shown(context) == version
            if version:
                assert self.runtime.context(context).render("notes").content == version
            if not model.lacks and not any(row.is_changed for row in model.rows.values()):
                self.holds_back(model, found_id)
            rows = [one.version for one in found.considered]
            if rows != self.verified.get(context):
                self.verifies(context, model)
                self.verified[context] = rows
            self.answers[context] = found

    def expected(self, context: str) -> str | None:
        model = self.sight(context, is_away=False)
        row_id = model.resolve()
        return None if row_id is None else model.rows[row_id].version

    def shown(self, context: str) -> str | None:
        versions = [route.package.version for route in self.runtime.context(context).routes.list()]
        assert len(versions) < 2
        return versions[0] if versions else None

    def holds_back(self, model: Model, live: str | None) -> None:
        """What policy took by itself is newer than what was set, and than what was rolled back from."""
        chosen = model.device
        set_here = chosen.active if chosen.override or chosen.pinned else None
        if live is None or live in (model.active, chosen.active):
            return
        current = model.rows.get(set_here or model.active or "")
        held = chosen.held if chosen.override and set_here else model.held
        for other in (current.version if current else None, held):
            assert other is None or precedence(model.rows[live].version) > precedence(other)
        assert not model.rows[live].yanked

    def verifies(self, context: str, model: Model) -> None:
        """Besides what was changed by hand, who has lost the role since is all that verifying may find."""
        for told in self.runtime.history("notes", context):
            problems = [one for one in told.problems if "the role held is" not in one]
            assert bool(problems) == model.rows[told.version.package_version_id].is_changed, problems

    def is_recorded(self, context: str) -> None:
        """What was chosen, here and for all devices, and the logs of what became active."""
        model = self._contexts[context]
        with self.runtime.services.catalog.read() as reader:
            package = reader.package(context, PACKAGE)
            prefs = reader.prefs(self.name, context, PACKAGE)
            logged = reader.activations(context, PACKAGE)
        assert (package is not None) == model.installed
        if package is not None:
            assert (package.active_version_id, package.disabled, package.held_above) == (
                model.active,
                model.disabled,
                model.held,
            )
            assert (package.follow_tags or "stable", package.follow_range) == (model.tags, model.range)
        chosen = Chosen()
        if prefs is not None:
            active, tags, range_ = prefs.active_version_id, prefs.follow_tags, prefs.follow_range
            chosen = Chosen(active, prefs.pinned, prefs.override, range_, tags, prefs.held_above)
        assert chosen == model.chosen.get(self.name, Chosen()), self.name
        for name in (None, *self._world.devices):
            log = [one.package_version_id for one in logged if one.device_id == name]
            assert log == model.logs.get(name, []), name

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
