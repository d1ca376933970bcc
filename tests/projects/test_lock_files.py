"""`peers.lock`: one spelling, read back as it was, and refused when it was made for something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from peers_runtime.base import errors
from peers_runtime.model.dependencies import Locked, LockedPackage
from peers_runtime.model.manifest import PrivateEntry
from peers_runtime.projects import lock_files, private_wheels
from tests.wheels import wheel
from tests.world import an_id


def entry(
    name: str, version: str = "1.0", requires: Sequence[str] = (), extras: Sequence[str] = ()
) -> PrivateEntry:
    return private_wheels.read(*wheel(name, version, {f"{name}.py": ""}, requires=requires)).entry(extras)


LOCKED = Locked(
    asked=("dep<2", 'six; python_version < "3"'),
    private=(entry("dep", "1.5", ['six>=1; extra == "old"', "other"], ["old"]), entry("other")),
)
TEXT = lock_files.text(LOCKED)


def package(name: str, version: str, asked: str = "", digit: str = "0") -> LockedPackage:
    return LockedPackage(name=name, project_id=an_id(name), version=version, digest=digit * 64, range=asked)


PACKAGES = Locked(
    packages=(
        package("base", "1.9.0"),
        package("base", "1.10.0", digit="1"),
        package("notes", "1.0.0", ">=1"),
    )
)


def test_a_lock_is_read_as_it_was_written() -> None:
    assert lock_files.read(TEXT.encode(), "peers.lock") == LOCKED
    assert lock_files.text(lock_files.read(TEXT.encode(), "peers.lock")) == TEXT
    assert lock_files.read(lock_files.text(Locked()).encode(), "peers.lock") == Locked()


def test_packages_stand_in_it_by_name_and_version() -> None:
    written = lock_files.text(PACKAGES)
    assert lock_files.read(written.encode(), "peers.lock") == PACKAGES
    shuffled = PACKAGES.model_copy(update={"packages": tuple(reversed(PACKAGES.packages))})
    assert lock_files.text(shuffled) == written
    assert [one.name for one in PACKAGES.direct] == ["notes"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('snapshot = "0', 'snapshot = "../0', "digest"),
        (f'id = "{an_id("notes")}"', 'id = "notes"', "project_id"),
        ('name = "notes"', 'name = "not-es"', "name"),
        ('version = "1.9.0"', 'version = "1.9"', "expected MAJOR.MINOR.PATCH"),
        ('version = "1.9.0"\n', "", "'version' is missing"),
    ],
)
def test_a_package_that_is_none_is_told(old: str, new: str, fault: str) -> None:
    written = lock_files.text(PACKAGES)
    assert old in written
    with pytest.raises(errors.LockOutdated, match=fault):
        lock_files.read(written.replace(old, new, 1).encode(), "/p/peers.lock")


@pytest.mark.parametrize(
    ("locked", "asked", "fault"),
    [
        (None, {"notes": ">=1"}, "the package notes>=1 is asked for, and there is no peers.lock"),
        (PACKAGES, {"notes": ">=2"}, "made for the packages notes>=1, and pyproject.toml asks for notes>=2"),
        (PACKAGES, {}, "pyproject.toml asks for none"),
        (PACKAGES, {"notes": ">=1", "base": ">=1"}, "asks for base>=1, notes>=1"),
        (
            Locked(packages=(package("notes", "1.0.0", ">=2"),)),
            {"notes": ">=2"},
            "notes>=2 is asked for, and 1.0.0 is locked",
        ),
    ],
)
def test_a_lock_made_for_other_packages_is_refused(
    locked: Locked | None, asked: dict[str, str], fault: str
) -> None:
    with pytest.raises(errors.LockOutdated) as caught:
        lock_files.fitting(locked, (), asked, "/p")
    assert fault in caught.value.message


def test_changes_of_packages_are_told_by_name_and_of_several_versions_each() -> None:
    after = (
        package("base", "1.10.0", digit="2"),
        package("base", "2.0.0"),
        package("notes", "1.1.0", ">=1"),
        package("tasks", "1.0.0"),
    )
    assert lock_files.package_changes(PACKAGES.packages, after) == (
        "base 1.9.0 -> 2.0.0",
        "base 1.10.0: another snapshot",
        "notes 1.0.0 -> 1.1.0",
        "+ tasks 1.0.0",
    )
    assert lock_files.package_changes(after, ())[-1] == "- tasks 1.0.0"
    assert lock_files.package_changes(after, after) == ()


def test_the_text_says_what_pip_needs_too() -> None:
    assert TEXT.startswith("# ")
    for line in ('name = "dep"', 'version = "1.5"', 'wheel = "dep-1.5-py3-none-any.whl"', 'extras = ["old"]'):
        assert f"\n{line}\n" in TEXT
    assert f'\nsha256 = "{LOCKED.private[0].wheel.digest}"\n' in TEXT


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("format = 1", "format = 2", "its format is 2, not 1"),
        ("format = 1\n", "", "'format' is missing"),
        ('asked = ["dep<2", ', "asked = [1, ", "asked.0: Input should be a valid string"),
        ('name = "other"\n', "", "'name' is missing"),
        ('name = "other"', 'name = "Other One"', "'Other One' is no canonical name"),
        ('name = "other"', 'name = "other\\n--index-url http://x"', "is no canonical name"),
        ('version = "1.0"', 'version = "one"', "Invalid version: 'one'"),
        ("size = ", 'size = "large"  # ', "size: Input should be a valid integer"),
        ('content = "', 'content = "../', "is no SHA-256"),
        ('sha256 = "', 'sha256 = "0', "is no SHA-256"),
        ("[[private]]", "[private]", "Cannot"),
        ("format", "format = ", "at line 3"),
    ],
)
def test_a_lock_that_cannot_be_read_is_told_with_the_way_out(old: str, new: str, fault: str) -> None:
    changed = TEXT.replace(old, new, 1) if old != "[[private]]" else TEXT.replace(old, new)
    assert changed != TEXT
    with pytest.raises(errors.LockOutdated) as caught:
        lock_files.read(changed.encode(), "/p/peers.lock")
    assert caught.value.message.startswith("/p/peers.lock cannot be used: ")
    assert fault in caught.value.message
    assert caught.value.hint == "peers deps update --project /p"


def test_bytes_that_are_no_text_are_no_lock() -> None:
    with pytest.raises(errors.LockOutdated, match="cannot be used"):
        lock_files.read(b"\xff\xfe", "peers.lock")


@pytest.mark.parametrize(
    ("locked", "asked", "fault"),
    [
        (None, ("dep",), "dep is asked for, and there is no peers.lock"),
        (
            LOCKED,
            ("dep<3",),
            'was made for dep<2, six; python_version < "3", and pyproject.toml asks for dep<3',
        ),
        (LOCKED, (), "pyproject.toml asks for nothing"),
        (Locked(asked=("dep",)), ("dep",), "does not fit: dep is asked for, and nothing is locked for it"),
        (
            Locked(asked=("dep>2",), private=(entry("dep", "1.5"),)),
            ("dep>2",),
            "does not fit: dep>2 is asked for, and dep 1.5 is locked",
        ),
        (
            Locked(asked=("dep",), private=(entry("dep", "1.5"), entry("dep", "1.6"))),
            ("dep",),
            "a distribution is there twice",
        ),
    ],
)
def test_a_lock_made_for_something_else_is_refused(
    locked: Locked | None, asked: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(errors.LockOutdated) as caught:
        lock_files.fitting(locked, asked, {}, "/p")
    assert fault in caught.value.message
    assert caught.value.hint == "peers deps update --project /p"


def test_a_lock_that_fits_gives_what_is_locked() -> None:
    assert lock_files.fitting(LOCKED, tuple(reversed(LOCKED.asked)), {}, "/p") == LOCKED
    assert lock_files.fitting(PACKAGES, (), {"notes": ">=1"}, "/p") == PACKAGES
    assert lock_files.fitting(None, (), {}, "/p") == Locked()


def test_what_is_needed_of_the_host_depends_on_extras_and_on_the_interpreter() -> None:
    needing = entry(
        "dep",
        requires=[
            "other",
            "shared>=2",
            'never; python_version < "3"',
            'six; extra == "old"',
            'x; extra == "y"',
        ],
    )
    assert lock_files.host_needs([needing, entry("other")]) == ("shared>=2",)
    with_extra = needing.model_copy(update={"extras": ("old",)})
    assert lock_files.host_needs([with_extra, entry("other")]) == ("shared>=2", "six")


@pytest.mark.parametrize(
    ("private", "fault"),
    [
        (lambda: [entry("dep", requires=["other>=1"]), entry("other")], ""),
        (
            lambda: [entry("dep", requires=["other>=2"]), entry("other")],
            "dep 1.0 needs other>=2, and 1.0 is locked",
        ),
        (
            lambda: [entry("dep").model_copy(update={"requires_python": ">=3.99"})],
            "dep 1.0 is for Python >=3.99, this is 3.13.0",
        ),
    ],
)
def test_what_does_not_suffice_here_is_told(private: Callable[[], list[PrivateEntry]], fault: str) -> None:
    assert lock_files.unmet(private(), "3.13.0") == fault


def test_changes_are_told_by_name() -> None:
    other_wheel = entry("same").model_copy(update={"digest": "0" * 64})
    assert lock_files.changes(
        [entry("old"), entry("up", "1.0"), entry("same"), entry("still")],
        [entry("new"), entry("up", "2.0"), other_wheel, entry("still")],
    ) == ("+ new 1.0", "- old 1.0", "same 1.0: another wheel", "up 1.0 -> 2.0")
