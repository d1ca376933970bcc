"""A consumer whose provider has gone by itself is listed at once, with what to do, until that is solved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import Role, Runtime
from peers_runtime.base import errors
from peers_runtime.catalog.store import Catalog
from peers_runtime.model.diagnostic import Diagnostic
from tests.host.devices import Group, until
from tests.host.task_packages import CONTRACT, LABEL, by, consumer, fancy, provider


@pytest.fixture
def group(tmp_path: Path) -> Group:
    return Group(tmp_path)


@pytest.fixture
def devices(group: Group, tmp_path: Path) -> Iterator[tuple[Runtime, Runtime]]:
    """Acme has tasks 1.0.0. The consumer is a build on the laptop, so that only the laptop has it."""
    with group.open("desk") as desk, group.open("laptop", "alan") as laptop:
        desk.contexts.create("acme")
        desk.members.set("acme", "alan", Role.ADMIN)
        desk.install(provider(tmp_path), context="acme")
        desk.promote("tasks", "1.0.0", "stable", context="acme")
        until(lambda: laptop.context("acme"))
        laptop.install(consumer(tmp_path), context="acme")
        yield desk, laptop


def upgrade(desk: Runtime, folder: Path) -> None:
    """Tasks 2.0.0, which the laptop follows, has the second version of the contract only."""
    desk.install(provider(folder, version="2.0.0", contract_version=2), context="acme")
    desk.promote("tasks", "2.0.0", "stable", context="acme")


def unserved(runtime: Runtime) -> list[Diagnostic]:
    return [one for one in runtime.diagnostics() if one.code == errors.ConsumerUnserved.code]


def test_an_upgrade_by_itself_that_takes_a_provider_away_is_listed_at_once(
    devices: tuple[Runtime, Runtime], tmp_path: Path
) -> None:
    desk, laptop = devices
    assert unserved(laptop) == []
    upgrade(desk, tmp_path)
    (listed,) = unserved(laptop)
    assert (listed.subject, listed.context_id) == ("projects@1.0.0", "acme")
    assert listed.message == (
        f"projects@1.0.0 consumes the contract {LABEL}, and nobody provides it there now: "
        "no active package provides it; installed, and would provide it: tasks 1.0.0"
    )
    assert listed.hint == "peers activate tasks 1.0.0 --context acme"
    assert unserved(desk) == []  # where nobody consumes it
    assert [one.at for one in unserved(laptop)] == [listed.at]  # it is still the same trouble
    until(lambda: laptop.context("acme").binding.versions["tasks"].package.version == "2.0.0")
    assert unserved(laptop) == [listed]
    with pytest.raises(errors.ToolFailed) as caught:
        by(laptop, "acme")
    assert isinstance(caught.value.__cause__, errors.ContractMissing)


def test_it_is_gone_when_the_version_that_served_is_activated_again(
    devices: tuple[Runtime, Runtime], tmp_path: Path
) -> None:
    desk, laptop = devices
    upgrade(desk, tmp_path)
    assert unserved(laptop)
    laptop.activate("tasks", "1.0.0", context="acme")
    assert unserved(laptop) == []
    assert by(laptop, "acme") == "tasks 1.0.0"


def test_it_is_gone_when_another_package_provides_the_contract(
    devices: tuple[Runtime, Runtime], tmp_path: Path
) -> None:
    desk, laptop = devices
    upgrade(desk, tmp_path)
    desk.install(fancy(tmp_path), context="acme", activate=False)
    desk.promote("fancy", "1.0.0", "stable", context="acme")
    assert unserved(laptop) == []


def test_every_host_of_the_home_sees_it(
    group: Group, devices: tuple[Runtime, Runtime], tmp_path: Path
) -> None:
    desk, _ = devices
    upgrade(desk, tmp_path)
    with group.open("laptop", "alan") as another:
        assert [one.subject for one in unserved(another)] == ["projects@1.0.0"]


def test_without_a_version_that_would_provide_it_the_hint_says_what_else_helps(
    devices: tuple[Runtime, Runtime], tmp_path: Path
) -> None:
    desk, laptop = devices
    desk.uninstall("tasks", context="acme")
    (listed,) = unserved(laptop)
    assert "would provide it" not in listed.message
    assert listed.hint == (
        "peers install SOURCE --context acme, of a package that provides it; "
        "or: peers disable projects --context acme"
    )
    laptop.disable("projects", context="acme")
    assert unserved(laptop) == []


def test_an_optional_contract_that_nobody_provides_is_no_trouble(tmp_path: Path) -> None:
    with Runtime.in_memory() as runtime:
        runtime.install(consumer(tmp_path, consumes=f"{CONTRACT!r}, 1, optional=True"))
        assert runtime.diagnostics() == []


def test_while_the_catalog_cannot_be_reached_what_was_listed_is_still_told(
    devices: tuple[Runtime, Runtime], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, laptop = devices
    upgrade(desk, tmp_path)
    laptop.services.report("P0000", "listed before")

    def unreachable(catalog: Catalog) -> None:
        raise errors.CatalogUnreachable("the server is away", hint="wait")

    monkeypatch.setattr(Catalog, "read", unreachable)
    assert "listed before" in [one.message for one in laptop.diagnostics()]
    assert unserved(laptop) == []
