"""A project asks for private distributions, locks them, and every version of it imports its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import (
    BadWheel,
    CompiledDistribution,
    HomeNotWritable,
    InvalidSetting,
    LockIncomplete,
    LockOutdated,
    PeersError,
    ReservedName,
    Runtime,
    SharedVersionMismatch,
    Unresolvable,
    WheelUnavailable,
)
from peers_runtime.projects import archive, record
from peers_runtime.snapshots import disk
from tests import package_index as loopback
from tests.host.devices import until
from tests.wheels import wheel
from tests.world import project, screen

SHOWS = """
import dep


def home(props, ctx):
    return f"{dep.VERSION} by {dep.lower()}"
"""
DEP = """
VERSION = {version!r}


def lower():
    import lower
    return lower.VERSION
"""


def dep(version: str, requires: str = "lower") -> tuple[bytes, str]:
    return wheel("dep", version, {"dep/__init__.py": DEP.format(version=version)}, requires=[requires])


@pytest.fixture(scope="module")
def index() -> Iterator[loopback.Index]:
    with loopback.running() as index:
        for version in ("1.0", "1.5", "2.0"):
            index.add(dep(version))
        for version in ("1.0", "1.1"):
            index.add(wheel("lower", version, {"lower.py": f"VERSION = {version!r}\n"}))
        index.add(wheel("hard", "1.0", {"hard.so": ""}, tag="cp311-abi3-manylinux_2_17_x86_64"))
        index.add(wheel("greedy", "1.0", {"peers_runtime/__init__.py": ""}))
        index.add(wheel("shadow", "1.0", {"notes/__init__.py": ""}))
        index.add(wheel("sharing", "1.0", {"sharing.py": ""}, requires=["pydantic>=1"]))
        yield index


@pytest.fixture(autouse=True)
def asked_index(index: loopback.Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pip asks unless it is told otherwise."""
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


@pytest.fixture(scope="module")
def made(index: loopback.Index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home, and a project with a lock for `dep<2`."""
    made = tmp_path_factory.mktemp("made")
    with Runtime.open(made / "home", actor="ada") as runtime:
        runtime.add_private(notes(made / "notes"), "dep<2", index=index.url)
    return made


@pytest.fixture
def runtime(made: Path, tmp_path: Path) -> Iterator[Runtime]:
    shutil.copytree(made / "home", tmp_path / "home")
    with Runtime.open(tmp_path / "home", actor="ada") as runtime:
        yield runtime


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made / "notes", tmp_path / "notes")


def notes(folder: Path, version: str = "1.0.0") -> Path:
    return project(folder, version=version, files={**screen("notes", "notes", ""), "ui.py": SHOWS})


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def shown(runtime: Runtime, context: str = "personal") -> object:
    return runtime.context(context).render("notes").content


def test_two_versions_of_a_package_import_two_versions_of_a_distribution(
    runtime: Runtime, folder: Path, tmp_path: Path
) -> None:
    other = notes(tmp_path / "other", "2.0.0")
    locked = runtime.add_private(other, "dep>=2")
    assert (locked.asked, locked.written) == (("dep>=2",), True)
    for context, source in (("acme", folder), ("globex", other)):
        runtime.contexts.create(context)
        runtime.install(source, context)
    assert [shown(runtime, context) for context in ("acme", "globex")] == ["1.5 by 1.1", "2.0 by 1.1"]
    assert "dep" not in sys.modules
    uses = {(one.name, one.version): one.used_by for one in runtime.private_uses()}
    assert uses == {
        ("dep", "1.5"): ("notes@1.0.0 in acme",),
        ("dep", "2.0"): ("notes@2.0.0 in globex",),
        ("lower", "1.1"): ("notes@1.0.0 in acme", "notes@2.0.0 in globex"),
    }


def test_a_packed_wheel_carries_them_and_installs_without_an_index(
    runtime: Runtime, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dry = runtime.pack(folder, out=tmp_path, dry_run=True)
    packed = runtime.pack(folder, out=tmp_path)
    assert dry.wheel == packed.wheel
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with Runtime.open(tmp_path / "other") as other:
        installed = other.install(packed.path)
        assert shown(other) == "1.5 by 1.1"
        assert installed.snapshot_digest == packed.wheel.manifest.id
    assert runtime.install(folder).snapshot_digest == packed.wheel.manifest.id
    assert runtime.look_into(packed.path) == packed.wheel


def test_pip_installs_the_packed_wheel_and_the_entry_point_has_them_too(
    runtime: Runtime, folder: Path, tmp_path: Path
) -> None:
    packed = runtime.pack(folder, out=tmp_path)
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", site, packed.path], check=True
    )
    program = (
        "import sys; from peers_runtime import Runtime\n"
        "with Runtime.open(sys.argv[1]) as rt:\n"
        "    print(rt.install('entry-point:notes').snapshot_digest, rt.context().render('notes').content)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "third"],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split(maxsplit=1) == [packed.wheel.manifest.id, "1.5 by 1.1\n"]


def test_what_a_lock_names_and_this_device_lacks_is_fetched_and_not_resolved(
    runtime: Runtime, folder: Path, tmp_path: Path, index: loopback.Index
) -> None:
    with Runtime.open(tmp_path / "other") as other:
        other.install(folder)
        assert shown(other) == "1.5 by 1.1"
        index.asked.clear()
        other.install(folder)  # everything is here now
        assert index.asked == []


def test_without_the_index_a_lock_alone_is_not_enough(
    runtime: Runtime, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with Runtime.open(tmp_path / "other") as other:
        with pytest.raises(
            WheelUnavailable, match=r"dep-1\.5-py3-none-any\.whl, lower-1\.1-.* cannot be had"
        ):
            other.install(folder)
        assert other.packages() == []


def test_acts_on_a_lock_say_what_changes(runtime: Runtime, folder: Path) -> None:
    assert runtime.add_private(folder, "lower<1.1").changes == ("lower 1.1 -> 1.0",)
    assert runtime.add_private(folder, "dep").changes == ("dep 1.5 -> 2.0",)
    assert runtime.update_private(folder).changes == ()
    assert runtime.remove_private(folder, "lower").changes == ()
    assert runtime.update_private(folder, "lower").changes == ("lower 1.0 -> 1.1",)
    assert runtime.dependencies(folder).trouble == ""
    assert runtime.remove_private(folder, "DEP").changes == ("- dep 2.0", "- lower 1.1")
    assert not (folder / "peers.lock").exists()
    assert runtime.dependencies(folder).private == ()


def test_a_dry_run_answers_the_same_and_writes_nothing(runtime: Runtime, tmp_path: Path) -> None:
    folder = notes(tmp_path / "notes")
    before, home = state(folder), sorted((tmp_path / "home" / "blobs").rglob("*"))
    dry = runtime.add_private(folder, "dep", dry_run=True)
    assert state(folder) == before
    assert sorted((tmp_path / "home" / "blobs").rglob("*")) == home
    assert runtime.add_private(folder, "dep") == dry.model_copy(update={"written": True})


@pytest.mark.parametrize(
    ("asked", "kind", "says"),
    [
        (("nowhere",), Unresolvable, "nowhere cannot be resolved"),
        (("hard",), CompiledDistribution, r"hard 1\.0 cannot be private"),
        (("greedy",), ReservedName, "belongs to the host"),
        (("not a requirement",), InvalidSetting, "is no requirement"),
    ],
)
def test_what_cannot_be_private_is_refused_and_nothing_changes(
    runtime: Runtime, folder: Path, asked: tuple[str, ...], kind: type[PeersError], says: str
) -> None:
    before = state(folder)
    with pytest.raises(kind, match=says) as caught:
        runtime.add_private(folder, *asked)
    assert caught.value.hint
    assert state(folder) == before


def test_a_distribution_with_the_package_s_own_import_name_is_refused(runtime: Runtime, folder: Path) -> None:
    runtime.add_private(folder, "shadow")
    with pytest.raises(ReservedName, match="'notes' belongs to the private distribution shadow"):
        runtime.install(folder)


@pytest.mark.parametrize("act", ["remove_private", "update_private"])
def test_what_is_not_asked_for_cannot_be_changed(runtime: Runtime, folder: Path, act: str) -> None:
    with pytest.raises(InvalidSetting, match=r"has no private distribution 'deep'; there are: dep"):
        getattr(runtime, act)(folder, "deep")


def test_a_wheel_that_cannot_be_kept_changes_nothing(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = notes(tmp_path / "notes")
    before = state(folder)

    def full(path: str, data: bytes, mode: int) -> None:
        raise OSError(28, "No space left on device", path)

    monkeypatch.setattr(disk, "write_new", full)
    with pytest.raises(HomeNotWritable):
        runtime.add_private(folder, "dep")
    assert state(folder) == before


def test_a_project_that_asks_for_something_else_than_its_lock_is_refused(
    runtime: Runtime, folder: Path
) -> None:
    pyproject = folder / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("dep<2", "dep>=2"))
    for act in (runtime.install, runtime.pack):
        with pytest.raises(LockOutdated, match=r"was made for dep<2, and pyproject\.toml asks for dep>=2"):
            act(folder)
    assert "was made for dep<2" in runtime.dependencies(folder).trouble
    runtime.update_private(folder)
    runtime.install(folder)
    assert shown(runtime) == "2.0 by 1.1"
    (folder / "peers.lock").unlink()
    with pytest.raises(LockOutdated, match=r"dep>=2 is asked for, and there is no peers\.lock"):
        runtime.install(folder)


@pytest.mark.parametrize(
    ("old", "new", "kind", "says"),
    [
        (
            'requires = ["lower"]',
            'requires = ["lower>1.1"]',
            LockIncomplete,
            "needs lower>1.1, and 1.1 is locked",
        ),
        (
            'requires = ["lower"]',
            'requires = ["nowhere"]',
            SharedVersionMismatch,
            "nowhere, which is not installed",
        ),
        ('requires-python = ">=3.8"', 'requires-python = "<3.8"', LockIncomplete, "is for Python <3.8"),
        (
            'requires-python = ">=3.8"',
            'requires-python = ">=3.9"',
            LockOutdated,
            "tells other things of dep-1.5",
        ),
        ('imports = ["dep"]', 'imports = ["deep"]', LockOutdated, "tells other things of dep-1.5"),
    ],
)
def test_a_lock_that_does_not_hold_here_or_lies_is_refused(
    runtime: Runtime, folder: Path, tmp_path: Path, old: str, new: str, kind: type[PeersError], says: str
) -> None:
    lock = folder / "peers.lock"
    assert old in lock.read_text()
    lock.write_text(lock.read_text().replace(old, new, 1))
    with Runtime.open(tmp_path / "other") as other:
        with pytest.raises(kind, match=says):
            other.install(folder)
        assert other.packages() == []


def test_what_private_ones_need_of_the_host_is_checked_with_both_versions(
    runtime: Runtime, folder: Path
) -> None:
    runtime.add_private(folder, "sharing")
    assert [one.name for one in runtime.dependencies(folder).private] == ["dep", "lower", "sharing"]
    runtime.install(folder)
    lock = folder / "peers.lock"
    lock.write_text(lock.read_text().replace("pydantic>=1", "pydantic<1"))
    with pytest.raises(
        SharedVersionMismatch, match=r"for its private distributions, needs pydantic<1, the host has"
    ):
        runtime.install(folder)


def test_a_carried_wheel_that_was_exchanged_is_refused(
    runtime: Runtime, folder: Path, tmp_path: Path
) -> None:
    path = Path(runtime.pack(folder, out=tmp_path).path)
    files = dict(archive.read(path.read_bytes(), path.name))
    inside = "notes-1.0.0.dist-info/peers/dep-1.5-py3-none-any.whl"
    files[inside] = wheel("dep", "1.5", {"dep/__init__.py": "evil = 1\n"}, requires=["lower"])[0]
    path.write_bytes(archive.write(record.added(files)))
    with pytest.raises(BadWheel, match=r"id, private differ"):
        runtime.install(path)
    assert runtime.packages() == []


def test_the_dev_loop_takes_up_a_new_lock(runtime: Runtime, folder: Path) -> None:
    with runtime.watch(folder):
        assert shown(runtime) == "1.5 by 1.1"
        runtime.add_private(folder, "dep>=2")
        until(lambda: shown(runtime) == "2.0 by 1.1")
