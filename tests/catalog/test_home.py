from __future__ import annotations

import json
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.base import errors, ids
from peers_runtime.catalog.home import Home
from tests.catalog import records
from tests.snapshots.parts import somebody_else

LIGHT = """
import json, sys
before = set(sys.modules)
from peers_runtime.catalog import index
from peers_runtime.catalog.home import Home
home = Home(sys.argv[1])
assert index.read(home.file("index.json"), home.device) is not None
json.dump(sorted(set(sys.modules) - before), sys.stdout)
"""
HEAVY = {
    "alembic", "contextlib", "dataclasses", "fcntl", "importlib.metadata", "inspect", "pathlib", "pydantic",
    "sqlalchemy", "sqlite3", "typing",
}  # fmt: skip


def test_a_home_is_made_whole_and_opened_again_as_it_is(home: Path) -> None:
    made = Home(home)
    assert {path.name for path in home.iterdir() if path.is_dir()} == {
        "blobs", "code", "data", "files", "keys", "realms",
    }  # fmt: skip
    assert ids.is_id(made.device)
    again = Home(home)
    assert (again.path, again.device, again.key()) == (str(home), made.device, made.key())


def test_the_device_of_a_new_home_may_be_named_and_then_stays(home: Path) -> None:
    assert Home(home, "laptop").device == "laptop"
    assert Home(home, "desktop").device == "laptop"


def test_a_tilde_is_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Home("~/.peers").path == str(tmp_path / ".peers")


def test_the_key_is_random_and_for_its_owner_alone(home: Path, tmp_path: Path) -> None:
    key = home / "keys" / "host.key"
    assert len(Home(home).key()) == 32
    assert Home(tmp_path / "other").key() != Home(home).key()
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_may_use_is_refused_with_the_command_that_mends_it(home: Path, mode: int) -> None:
    opened = Home(home)
    key = home / "keys" / "host.key"
    key.chmod(mode)
    with pytest.raises(errors.KeyExposed, match=f"{mode:04o}") as caught:
        opened.key()
    assert f"chmod 600 {key}" in caught.value.hint


def test_a_cut_or_missing_key_is_damage(home: Path) -> None:
    opened = Home(home)
    key = home / "keys" / "host.key"
    key.write_bytes(b"short")
    with pytest.raises(errors.HomeDamaged, match="5 bytes"):
        opened.key()
    key.unlink()
    with pytest.raises(errors.HomeDamaged):
        opened.key()


@pytest.mark.parametrize("closed", ["keys/host.key", "keys", "home.json", ""])
def test_a_home_of_another_user_is_not_said_to_be_damaged(closed: str, home: Path) -> None:
    Home(home)
    for place in home.parents[:-1]:  # may be entered by whom root becomes
        place.chmod(place.stat().st_mode | 0o011)
    owner = pwd.getpwuid(os.geteuid()).pw_name
    (home / closed).chmod(0)
    try:
        with somebody_else(), pytest.raises(errors.HomeDamaged) as caught:
            Home(home).key()
    finally:
        (home / closed).chmod(0o700)
    assert "damaged" not in caught.value.message
    assert f"(permission denied): the home belongs to {owner}" in caught.value.message
    assert caught.value.hint == f"run it as {owner}, or choose a home of your own with --home"


def test_a_home_of_a_later_format_is_left_alone(home: Path) -> None:
    Home(home)
    (home / "home.json").write_text(json.dumps({"format": 2, "device": "laptop"}))
    before = sorted(home.rglob("*"))
    with pytest.raises(errors.HomeTooNew) as caught:
        Home(home)
    assert caught.value.facts["format"] == 2
    assert sorted(home.rglob("*")) == before


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "{}", '{"format":"1"}', '{"format":1}', '{"format":1,"device":3}', "\udcff"]
)
def test_a_damaged_home_json_is_named(home: Path, text: str) -> None:
    Home(home)
    (home / "home.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(errors.HomeDamaged, match=r"home\.json"):
        Home(home)


def test_a_catalog_without_home_json_does_not_become_another_device(home: Path) -> None:
    home.mkdir()
    (home / "catalog.sqlite").touch()
    with pytest.raises(errors.HomeDamaged, match="missing beside a catalog"):
        Home(home)


def test_what_a_killed_maker_left_does_not_disturb(home: Path) -> None:
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "host.key.new").write_bytes(b"half")
    assert len(Home(home).key()) == 32


def test_many_makers_make_one_home(home: Path) -> None:
    program = "import sys; from peers_runtime.catalog.home import Home; print(Home(sys.argv[1]).device)"
    makers = [records.start(program, home) for _ in range(8)]
    devices = {maker.communicate(timeout=60)[0] for maker in makers}
    assert devices == {f"{Home(home).device}\n"}


def test_reading_what_a_host_starts_from_imports_nothing_heavy(catalog: object, home: Path) -> None:
    assert not HEAVY & set(json.loads(records.run(LIGHT, home)))


def test_a_place_that_can_hold_no_folder_is_refused_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "home", "/proc/home", ""):
        with pytest.raises(errors.InvalidSetting, match=r"there can be no home at|has no path"):
            Home(place)


@pytest.mark.parametrize("device", [5, b"laptop", [], "", "  ", "a\nb", "\ud800", "x" * 129])
def test_a_device_that_is_no_name_is_refused_before_anything_is_written(home: Path, device: Any) -> None:
    with pytest.raises(errors.InvalidSetting, match="the device ") as caught:
        Home(home, device)
    assert caught.value.hint
    assert str(caught.value).isascii()
    assert not home.exists()
    assert Home(home, "x" * 128).device == "x" * 128
