"""Released versions that come from another context of the home, or with the host."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from peers_runtime import (
    BadWheel,
    InvalidSetting,
    NameTaken,
    NoActiveVersion,
    Role,
    RoleTooLow,
    Runtime,
    UnknownPackage,
    VersionExists,
)
from tests.world import project, screen

OpenHome = Callable[..., Runtime]
METADATA = "Metadata-Version: 2.1\nName: notes\nVersion: {version}\n"
ENTRY_POINTS = "[peers.packages]\nnotes = notes.package:package\n"


def source(folder: Path, version: str, shows: str | None = None) -> Path:
    return project(
        folder / f"{version}-{shows}", version=version, files=screen("notes", "notes", shows or version)
    )


def ship(folder: Path, *versions: str, shows: str | None = None) -> Path:
    """Wheels of these versions, as a build backend would make them."""
    shipped = folder / "shipped"
    shipped.mkdir(exist_ok=True)
    for version in versions:
        content = io.BytesIO()
        root = source(folder / "sources", version, shows)
        with zipfile.ZipFile(content, "w") as archive:
            for path in sorted((root / "notes").rglob("*.py")):
                archive.write(path, path.relative_to(root).as_posix())
            about = f"notes-{version}.dist-info"
            archive.writestr(f"{about}/METADATA", METADATA.format(version=version))
            archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\n")
            archive.writestr(f"{about}/entry_points.txt", ENTRY_POINTS)
            archive.writestr(f"{about}/RECORD", "")
        (shipped / f"notes-{version}-py3-none-any.whl").write_bytes(content.getvalue())
    return shipped


@pytest.fixture
def runtime(open_home: OpenHome) -> Iterator[Runtime]:
    with open_home(actor="ada", device="desk") as opened:
        for context in ("acme", "globex"):
            opened.contexts.create(context)
        yield opened


def release(runtime: Runtime, folder: Path, version: str, context: str = "acme", shows: str = "") -> None:
    runtime.install(source(folder, version, shows or None), context=context)
    runtime.promote("notes", version, "stable", context=context)


def shown(runtime: Runtime, context: str) -> object:
    return runtime.context(context).render("notes").content


# ── copying ──────────────────────────────────────────────────────────────────────────────────────


def test_a_copy_is_the_same_snapshot_with_a_history_of_its_own(runtime: Runtime, tmp_path: Path) -> None:
    release(runtime, tmp_path, "1.0.0")
    decision = runtime.copy("notes", "acme", "globex")
    assert shown(runtime, "globex") == "1.0.0"
    (there,) = runtime.versions("notes", "acme")
    (here,) = runtime.versions("notes", "globex")
    assert decision.version == here
    assert here.snapshot_digest == there.snapshot_digest
    assert here.package_version_id != there.package_version_id
    assert [entry.action for entry in here.history] == ["created", "promoted:stable", "activated"]
    (told,) = runtime.history("notes", "globex")
    assert told.problems == ()


def test_a_copy_leaves_older_releases_behind_unless_they_are_asked_for(
    runtime: Runtime, tmp_path: Path
) -> None:
    for version in ("1.0.0", "1.0.1", "1.1.0", "2.0.0"):
        release(runtime, tmp_path, version)
    runtime.yank("notes", "1.0.1", "acme")
    runtime.rollback("notes", "acme")
    used = runtime.copy("notes", "acme", "globex", history=False).version
    assert [one.version for one in runtime.versions("notes", "globex")] == ["1.1.0"]
    told = runtime.copy("notes", "acme", "globex", history=True, dry_run=True)
    done = runtime.copy("notes", "acme", "globex", history=True)
    assert (told.effects, told.reason, done.version) == (done.effects, done.reason, used)
    assert [str(one) for one in done.effects] == ["context: tag of 1.0.0 none → stable"]
    assert shown(runtime, "globex") == "1.1.0"
    assert all(one.problems == () for one in runtime.history("notes", "globex"))
    runtime.rollback("notes", "globex", to="1.0.0")
    assert shown(runtime, "globex") == "1.0.0"


def test_older_releases_come_into_a_context_that_has_nothing(runtime: Runtime, tmp_path: Path) -> None:
    for version in ("1.0.0", "1.1.0"):
        release(runtime, tmp_path, version)
    decision = runtime.copy("notes", "acme", "globex", history=True)
    assert decision.version is not None
    assert decision.version.version == shown(runtime, "globex") == "1.1.0"
    actions = {
        one.version: [entry.action for entry in one.history] for one in runtime.versions("notes", "globex")
    }
    assert actions == {
        "1.0.0": ["created", "promoted:stable"],
        "1.1.0": ["created", "promoted:stable", "activated"],
    }


def test_a_copy_of_a_copy_changes_nothing(runtime: Runtime, tmp_path: Path) -> None:
    release(runtime, tmp_path, "1.0.0")
    runtime.copy("notes", "acme", "globex")
    before = runtime.versions("notes", "globex")
    again = runtime.copy("notes", "acme", "globex")
    assert again.effects == ()
    assert "has 1.0.0 already" in again.reason
    assert runtime.versions("notes", "globex") == before


def test_an_older_version_is_copied_and_not_used(runtime: Runtime, tmp_path: Path) -> None:
    release(runtime, tmp_path, "1.0.0")
    release(runtime, tmp_path, "2.0.0", context="globex")
    runtime.copy("notes", "acme", "globex")
    assert shown(runtime, "globex") == "2.0.0"
    assert {one.version for one in runtime.versions("notes", "globex")} == {"1.0.0", "2.0.0"}


def test_a_newer_version_is_copied_and_used(runtime: Runtime, tmp_path: Path) -> None:
    release(runtime, tmp_path, "1.0.0", context="globex")
    release(runtime, tmp_path, "2.0.0")
    runtime.copy("notes", "acme", "globex")
    assert shown(runtime, "globex") == "2.0.0"


def test_other_content_under_the_same_version_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    release(runtime, tmp_path, "1.0.0")
    release(runtime, tmp_path, "1.0.0", context="globex", shows="other")
    with pytest.raises(VersionExists, match="with snapshot"):
        runtime.copy("notes", "acme", "globex")
    assert shown(runtime, "globex") == "other"


def test_what_is_only_dev_there_is_not_copied(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(source(tmp_path, "1.0.0"), context="acme")
    with pytest.raises(NoActiveVersion, match="uses no released version"):
        runtime.copy("notes", "acme", "globex")


def test_another_package_of_that_name_stays(runtime: Runtime, tmp_path: Path) -> None:
    release(runtime, tmp_path, "1.0.0")
    other = project(tmp_path / "other", files=screen("notes", "notes", "another"))
    text = (other / "notes" / "package.py").read_text()
    (other / "notes" / "package.py").write_text(text.replace("package_id = '0", "package_id = '1"))
    runtime.install(other, context="globex")
    with pytest.raises(NameTaken):
        runtime.copy("notes", "acme", "globex")
    assert shown(runtime, "globex") == "another"


@pytest.mark.parametrize(("there", "here"), [(Role.NONE, Role.OWNER), (Role.READER, Role.WRITER)])
def test_copying_takes_a_reader_there_and_an_admin_here(
    runtime: Runtime, tmp_path: Path, there: Role, here: Role
) -> None:
    release(runtime, tmp_path, "1.0.0")
    runtime.members.set("acme", "grace", there)
    runtime.members.set("globex", "grace", here)
    with pytest.raises(RoleTooLow):
        runtime.copy("notes", "acme", "globex", actor="grace")
    assert runtime.packages("globex") == []


# ── what a host ships ────────────────────────────────────────────────────────────────────────────


def test_a_context_that_lacks_what_it_must_have_gets_what_is_shipped(
    open_home: OpenHome, tmp_path: Path
) -> None:
    with open_home(bundled=ship(tmp_path, "1.0.0", "1.1.0")) as runtime:
        decision = runtime.require("notes")
        assert shown(runtime, "personal") == "1.1.0"
        assert decision.version is not None
        assert decision.version.version_tag == "stable"
        assert "comes with this host" in decision.reason
    with open_home() as restarted:  # offline, and without the wheels
        assert restarted.require("notes").effects == ()
        assert shown(restarted, "personal") == "1.1.0"


def test_another_context_of_the_home_goes_before_what_is_shipped(open_home: OpenHome, tmp_path: Path) -> None:
    with open_home(actor="ada", bundled=ship(tmp_path, "1.0.0")) as runtime:
        for context in ("acme", "globex"):
            runtime.contexts.create(context)
        release(runtime, tmp_path, "1.0.0", shows="of acme")
        assert "what acme uses" in runtime.require("notes", "globex").reason
        assert shown(runtime, "globex") == "of acme"


def test_what_another_context_uses_comes_with_what_is_shipped_and_newer(
    open_home: OpenHome, tmp_path: Path
) -> None:
    with open_home(actor="ada", bundled=ship(tmp_path, "1.0.0")) as runtime:
        for context in ("acme", "globex"):
            runtime.contexts.create(context)
        release(runtime, tmp_path, "0.9.0")
        told = runtime.require("notes", "globex", dry_run=True)
        done = runtime.require("notes", "globex")
        assert told.effects == done.effects
        assert done.reason == "0.9.0: it is what acme uses here; 1.0.0: it comes with this host"
        assert shown(runtime, "globex") == "1.0.0"
        assert runtime.require("notes", "globex").effects == ()  # asked again, the answer is the same
        assert [one.problems for one in runtime.history("notes", "globex")] == [(), ()]


def test_another_context_with_damaged_files_is_passed_over(
    runtime: Runtime, open_home: OpenHome, tmp_path: Path
) -> None:
    release(runtime, tmp_path, "1.0.0")
    runtime.close()
    for blob in (tmp_path / "home" / "blobs").glob("*/*"):
        if b"def peers_ui" in blob.read_bytes() or b"1.0.0" in blob.read_bytes():
            blob.chmod(0o600)
            blob.write_bytes(b"damaged")
    with open_home(actor="ada", bundled=ship(tmp_path, "0.9.0")) as reopened:
        told = reopened.require("notes", "globex", dry_run=True)
        assert reopened.require("notes", "globex").reason == told.reason == "0.9.0: it comes with this host"
        assert shown(reopened, "globex") == "0.9.0"


def test_another_package_of_that_name_does_not_go_before_what_is_shipped(
    runtime: Runtime, open_home: OpenHome, tmp_path: Path
) -> None:
    other = project(tmp_path / "other", version="3.0.0", files=screen("notes", "notes", "another"))
    text = (other / "notes" / "package.py").read_text()
    (other / "notes" / "package.py").write_text(text.replace("package_id = '0", "package_id = '1"))
    runtime.install(other, context="acme")
    runtime.promote("notes", "3.0.0", "stable", "acme")
    runtime.close()
    with open_home(actor="ada", bundled=ship(tmp_path, "1.0.0")) as reopened:
        reopened.require("notes", "globex")
        assert shown(reopened, "globex") == "1.0.0"


def test_files_that_have_not_arrived_are_taken_from_what_is_shipped(tmp_path: Path) -> None:
    wheels, catalog = ship(tmp_path, "1.0.0"), tmp_path / "catalog.sqlite"
    with Runtime.open(tmp_path / "desk", actor="ada", catalog=catalog, facades=False) as desk:
        desk.contexts.create("acme")
        desk.members.set("acme", "rita", Role.READER)
        desk.install(wheels / "notes-1.0.0-py3-none-any.whl", context="acme")
        desk.promote("notes", "1.0.0", "stable", "acme")
    at = {"catalog": catalog, "actor": "rita", "facades": False}
    with Runtime.open(tmp_path / "laptop", bundled=wheels, **at) as laptop:
        assert laptop.resolve("notes", "acme").version is None
        told = laptop.require("notes", "acme", dry_run=True)
        assert laptop.resolve("notes", "acme").version is None
        done = laptop.require("notes", "acme")
        assert done.reason == told.reason == "the files of 1.0.0 come with this host"
        assert [one.what for one in done.effects] == [one.what for one in told.effects] == ["runs"]
        assert shown(laptop, "acme") == "1.0.0"
        assert laptop.require("notes", "acme").effects == ()


@pytest.mark.parametrize(
    ("shipped", "then", "rows"),
    [
        ("0.9.0", "1.0.0", {"1.0.0"}),  # an older one downgrades nothing, and is not even stored
        ("1.0.0", "1.0.0", {"1.0.0"}),
        ("1.1.0", "1.1.0", {"1.0.0", "1.1.0"}),  # a newer one is stored, and taken by policy
    ],
)
def test_what_is_shipped_beside_a_version_that_is_there(
    runtime: Runtime, open_home: OpenHome, tmp_path: Path, shipped: str, then: str, rows: set[str]
) -> None:
    release(runtime, tmp_path, "1.0.0")
    runtime.close()
    with open_home(actor="ada", bundled=ship(tmp_path, shipped)) as reopened:
        reopened.require("notes", "acme")
        assert shown(reopened, "acme") == then
        assert {one.version for one in reopened.versions("notes", "acme")} == rows


def test_what_is_shipped_as_beta_waits_where_stable_is_followed(
    runtime: Runtime, open_home: OpenHome, tmp_path: Path
) -> None:
    release(runtime, tmp_path, "1.0.0")
    runtime.close()
    wheels = ship(tmp_path, "1.1.0")
    with open_home(actor="ada", bundled=wheels, bundled_as="beta") as reopened:
        reopened.require("notes", "acme")
        assert shown(reopened, "acme") == "1.0.0"
        reopened.follow("notes", "acme", tags="stable,beta")
        assert shown(reopened, "acme") == "1.1.0"


def test_a_rollback_outlives_what_is_shipped(runtime: Runtime, open_home: OpenHome, tmp_path: Path) -> None:
    release(runtime, tmp_path, "1.0.0")
    release(runtime, tmp_path, "1.2.0")
    runtime.rollback("notes", "acme")
    runtime.close()
    with open_home(actor="ada", bundled=ship(tmp_path, "1.1.0")) as reopened:
        reopened.require("notes", "acme")
        assert shown(reopened, "acme") == "1.0.0"


def test_a_dry_run_tells_and_stores_nothing(open_home: OpenHome, tmp_path: Path) -> None:
    with open_home(bundled=ship(tmp_path, "1.0.0")) as runtime:
        told = runtime.require("notes", dry_run=True)
        assert not told.applied
        assert [effect.what for effect in told.effects] == ["installed", "runs"]
        assert runtime.packages() == []
        assert list((tmp_path / "home" / "blobs").rglob("*")) == []


def test_what_nobody_has_is_said(runtime: Runtime, open_home: OpenHome, tmp_path: Path) -> None:
    with pytest.raises(UnknownPackage, match="in no other context of this home, and this host ships none"):
        runtime.require("notes", "acme")
    runtime.close()
    with (
        open_home(actor="ada", bundled=ship(tmp_path)) as reopened,
        pytest.raises(UnknownPackage, match=r"nor in .*shipped"),
    ):
        reopened.require("notes", "acme")


def test_a_damaged_wheel_is_an_error_that_leaves_nothing(open_home: OpenHome, tmp_path: Path) -> None:
    wheels = ship(tmp_path, "1.0.0")
    (wheels / "notes-1.0.0-py3-none-any.whl").write_bytes(b"no wheel")
    with open_home(bundled=wheels) as runtime:
        with pytest.raises(BadWheel):
            runtime.require("notes")
        assert runtime.packages() == []


@pytest.mark.parametrize("bundled_as", ["dev", "nightly", ""])
def test_a_build_is_beta_or_stable(open_home: OpenHome, tmp_path: Path, bundled_as: str) -> None:
    with (
        open_home(bundled=ship(tmp_path, "1.0.0"), bundled_as=bundled_as) as runtime,
        pytest.raises(InvalidSetting, match="beta or stable"),
    ):
        runtime.require("notes")


def test_a_folder_that_is_not_there_is_said_at_once(open_home: OpenHome, tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="no folder of wheels"):
        open_home(bundled=tmp_path / "missing")


def test_a_reader_whose_host_ships_something_newer_goes_on(
    runtime: Runtime, open_home: OpenHome, tmp_path: Path
) -> None:
    release(runtime, tmp_path, "1.0.0")
    runtime.members.set("acme", "rita", Role.READER)
    runtime.close()
    with open_home(actor="rita", bundled=ship(tmp_path, "2.0.0")) as reopened:
        assert reopened.require("notes", "acme").effects == ()
        assert shown(reopened, "acme") == "1.0.0"


def test_a_context_that_the_actor_may_not_see_is_passed_over(
    runtime: Runtime, open_home: OpenHome, tmp_path: Path
) -> None:
    release(runtime, tmp_path, "1.0.0", shows="secret")
    runtime.members.set("globex", "grace", Role.ADMIN)
    runtime.close()
    with open_home(actor="grace", bundled=ship(tmp_path, "1.0.0")) as reopened:
        reopened.require("notes", "globex")
        assert shown(reopened, "globex") == "1.0.0"


def test_a_damaged_wheel_of_another_package_is_no_obstacle(open_home: OpenHome, tmp_path: Path) -> None:
    wheels = ship(tmp_path, "1.0.0")
    (wheels / "zzz-1.0.0-py3-none-any.whl").write_bytes(b"no wheel")
    with open_home(bundled=wheels) as runtime:
        runtime.require("notes")
        assert shown(runtime, "personal") == "1.0.0"
