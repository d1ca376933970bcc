"""Installing what a context has already, by content and version number, creates nothing new."""

from __future__ import annotations

from pathlib import Path

import pytest

from peers_runtime import PackageVersion, RoleTooLow, VersionYanked
from tests.operations.acting import DEVICE, GROUP, Group
from tests.world import project, screen


@pytest.fixture
def source(group: Group) -> Path:
    return project(group.folder / "notes", files=screen("notes", "notes", "1.0.0"))


def install(group: Group, source: Path, actor: str = "grace", *, activate: bool = True) -> PackageVersion:
    return group.runtime.install(source, GROUP, actor, activate=activate)


@pytest.fixture(params=["beta", "stable"])
def released(request: pytest.FixtureRequest, group: Group, source: Path) -> PackageVersion:
    """A release, which this device uses where the context follows its tag."""
    install(group, source)
    decision = group.runtime.promote("notes", "1.0.0", request.param, GROUP)
    assert decision.version is not None
    return decision.version


STABLE = pytest.mark.parametrize("released", ["stable"], indirect=True)


@pytest.mark.parametrize("activate", [True, False])
def test_what_is_installed_is_not_installed_again(group: Group, source: Path, activate: bool) -> None:
    own = install(group, source, activate=activate)
    before = group.state()
    assert install(group, source, activate=activate) == own
    assert group.state() == before


def test_what_is_released_is_not_installed_again(
    group: Group, source: Path, released: PackageVersion
) -> None:
    before = group.state()
    assert install(group, source, activate=False) == released
    assert group.state() == before
    assert group.row_tags() == [str(released.version_tag)]


def test_a_wheel_of_what_is_released_is_not_installed_again(group: Group, source: Path) -> None:
    install(group, source)
    packed = group.runtime.pack(source, GROUP, out=group.folder)
    released = group.runtime.promote("notes", "1.0.0", "stable", GROUP).version
    assert install(group, packed.path) == released
    assert group.row_tags() == ["stable"]


@STABLE
def test_what_the_context_uses_is_active_already(
    group: Group, source: Path, released: PackageVersion
) -> None:
    before = group.state()
    assert install(group, source) == released
    assert group.state() == before
    assert group.shown() == "1.0.0"


@STABLE
def test_to_install_a_release_ends_the_choice_of_a_build(
    group: Group, source: Path, released: PackageVersion
) -> None:
    """Which is enough where the context uses the release: the device goes on with the context."""
    group.build("2.0.0")
    assert group.shown() == "2.0.0"
    assert install(group, source) == released
    assert group.shown() == "1.0.0"
    assert (group.prefs.active_version_id, group.prefs.override) == (None, False)
    assert group.row_tags() == ["stable", "dev"]
    group.verify()


def test_a_release_that_the_context_does_not_use_is_used_by_this_device_alone(
    group: Group, source: Path, released: PackageVersion
) -> None:
    group.release("1.1.0")
    assert install(group, source) == released
    assert group.shown() == "1.0.0"
    assert (group.prefs.active_version_id, group.prefs.override) == (released.package_version_id, True)
    assert group.package.active_version_id == group.row("1.1.0").package_version_id
    assert group.prefs.held_above == "1.1.0"
    assert group.log()[-1] == ("1.0.0", DEVICE)
    assert len(group.row_tags()) == 2
    group.verify()


@STABLE
def test_a_device_on_its_own_way_stays_on_it(group: Group, source: Path, released: PackageVersion) -> None:
    group.runtime.follow("notes", GROUP, tags="stable,beta", device=True)
    group.release("1.1.0", "beta", runs_it=False)
    assert group.shown() == "1.1.0"
    assert install(group, source) == released
    assert group.shown() == "1.0.0"
    assert (group.prefs.follow_tags, group.prefs.override) == ("stable,beta", True)


@pytest.mark.parametrize("activate", [True, False])
def test_a_devices_own_build_of_it_is_what_is_meant_where_there_is_one(group: Group, activate: bool) -> None:
    """It was built before another device's build of the same was released."""
    group.build_elsewhere("1.0.0")
    group.runtime.promote("notes", "1.0.0@laptop", "stable", GROUP)
    own = group.row_of("1.0.0", "dev")
    assert own.snapshot_digest == group.row_of("1.0.0", "stable").snapshot_digest
    assert install(group, group.folder / "build-1", activate=activate) == own
    assert group.row_tags().count("dev") == 1


@STABLE
@pytest.mark.parametrize("what", ["content", "number"])
def test_something_else_is_installed_beside_the_release(
    group: Group, source: Path, released: PackageVersion, what: str
) -> None:
    if what == "content":
        (source / "notes" / "more.py").write_text("")
    else:
        text = (source / "pyproject.toml").read_text()
        (source / "pyproject.toml").write_text(text.replace("1.0.0", "1.0.1"))
    assert install(group, source).device_id == DEVICE
    assert group.row_tags() == ["stable", "dev"]


def test_a_yanked_release_is_not_activated_by_installing_it(
    group: Group, source: Path, released: PackageVersion
) -> None:
    group.release("1.1.0")
    group.runtime.yank("notes", "1.0.0", GROUP)
    before = group.state()
    with pytest.raises(VersionYanked):
        install(group, source)
    assert group.state() == before
    assert install(group, source, activate=False).yanked
    assert group.state() == before


@STABLE
def test_a_disabled_package_is_switched_on_by_who_may(
    group: Group, source: Path, released: PackageVersion
) -> None:
    group.runtime.disable("notes", GROUP)
    before = group.state()
    with pytest.raises(RoleTooLow, match="notes is disabled there"):
        install(group, source, "grace")
    assert group.state() == before
    assert install(group, source, "ada") == released
    assert group.shown() == "1.0.0"
