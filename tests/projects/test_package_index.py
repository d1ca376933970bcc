"""pip is asked, on a real index: what requirements resolve to, and for the wheels themselves."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator

import pytest

from peers_runtime.base import errors
from peers_runtime.projects import package_index, private_wheels
from peers_runtime.projects.package_index import Candidate
from tests import package_index as loopback
from tests.wheels import wheel

CODE = {"dep.py": "value = 1\n"}
DEP = wheel("dep", "1.0", CODE, requires=["Low_er>=1"])
LOWER = wheel("low-er", "1.0", {"lower.py": ""})
COMPILED = "cp311-abi3-manylinux_2_17_x86_64"

WITH_EXTRA = """\
Metadata-Version: 2.1
Name: extra
Version: 1.0
Provides-Extra: more
Requires-Dist: dep<2; extra == "more"
"""


@pytest.fixture(scope="module")
def index() -> Iterator[loopback.Index]:
    with loopback.running() as index:
        index.add(DEP)
        for version in ("1.5", "2.0"):
            index.add(wheel("dep", version, CODE, requires=["Low_er>=1"]))
        index.add(LOWER)
        index.add(wheel("low-er", "1.1", {"lower.py": ""}))
        index.add(wheel("needs-pydantic", "1.0", {"needs.py": ""}, requires=["pydantic>=2", "Low_er"]))
        index.add(wheel("extra", "1.0", {"extra.py": ""}, about={"METADATA": WITH_EXTRA}))
        index.add(wheel("both", "1.0", {"both.py": ""}))
        index.add(wheel("both", "1.0", {"both.py": "", "both/fast.so": ""}, tag=COMPILED))
        index.add(wheel("hard", "1.0", {"hard.so": ""}, tag=COMPILED))
        yield index


def versions(found: tuple[Candidate, ...]) -> dict[str, str]:
    return {one.name: one.version for one in found}


def test_requirements_are_resolved_with_all_that_they_need(index: loopback.Index) -> None:
    found = package_index.resolve(["dep<2"], {}, {}, index.url)
    assert versions(found) == {"dep": "1.5", "low-er": "1.1"}
    assert [one.filename for one in found] == ["dep-1.5-py3-none-any.whl", "low_er-1.1-py3-none-any.whl"]


def test_what_the_host_has_is_taken_as_it_is_and_asked_of_no_index(index: loopback.Index) -> None:
    host = {"pydantic": "2.99", "low-er": "1.0"}
    assert versions(package_index.resolve(["needs-pydantic"], host, {}, index.url)) == {
        "needs-pydantic": "1.0"
    }
    with pytest.raises(errors.Unresolvable, match=r"pydantic"):
        package_index.resolve(["needs-pydantic"], {"pydantic": "1.10"}, {}, index.url)


def test_what_is_kept_stays_in_its_version(index: loopback.Index) -> None:
    found = package_index.resolve(["dep"], {}, {"dep": "1.0", "low-er": "1.0"}, index.url)
    assert versions(found) == {"dep": "1.0", "low-er": "1.0"}


def test_extras_count_and_are_told(index: loopback.Index) -> None:
    found = package_index.resolve(["extra[more]"], {}, {}, index.url)
    assert versions(found) == {"dep": "1.5", "extra": "1.0", "low-er": "1.1"}
    assert {one.name: one.extras for one in found}["extra"] == ("more",)


@pytest.mark.parametrize("requirement", ["nowhere", "dep>=3"])
def test_what_cannot_be_resolved_is_told_in_pip_s_words(index: loopback.Index, requirement: str) -> None:
    with pytest.raises(errors.Unresolvable) as caught:
        package_index.resolve([requirement], {}, {}, index.url)
    assert caught.value.message.startswith(f"{requirement} cannot be resolved: ")
    assert "No matching distribution found" in caught.value.message
    assert caught.value.hint


def test_wheels_are_had_in_the_order_asked_for_and_pure_ones_before_compiled(index: loopback.Index) -> None:
    found = package_index.resolve(["both", "dep"], {}, {}, index.url)
    wheels = package_index.download(found, index.url)
    assert [filename for filename, _ in wheels] == [
        "both-1.0-py3-none-any.whl",
        "dep-2.0-py3-none-any.whl",
        "low_er-1.1-py3-none-any.whl",
    ]
    assert [private_wheels.read(data, filename).name for filename, data in wheels] == [
        "both",
        "dep",
        "low-er",
    ]


def test_a_distribution_without_a_pure_wheel_cannot_be_private(index: loopback.Index) -> None:
    found = (Candidate("hard", "1.0", f"hard-1.0-{COMPILED}.whl", ()),)
    with pytest.raises(errors.CompiledDistribution, match=r"hard 1\.0 cannot be private: .* no pure wheel"):
        package_index.download(found, index.url)


def test_a_locked_wheel_is_fetched_only_if_it_is_that_very_one(index: loopback.Index) -> None:
    entries = [private_wheels.read(*one).entry() for one in (LOWER, DEP)]
    assert package_index.fetch(entries, index.url) == [(LOWER[1], LOWER[0]), (DEP[1], DEP[0])]
    other = private_wheels.read(*wheel("dep", "1.0", {"dep.py": "value = 2\n"})).entry()
    with pytest.raises(
        errors.WheelUnavailable, match=r"dep-1\.0-py3-none-any\.whl cannot be had: .*(?i:hash)"
    ):
        package_index.fetch([other], index.url)


def test_without_pip_uv_is_asked_and_without_both_it_is_told(
    index: loopback.Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "pip" else find_spec(name, *more)
    )
    assert versions(package_index.resolve(["low-er"], {}, {}, index.url)) == {"low-er": "1.1"}
    monkeypatch.setattr(shutil, "which", lambda name, **more: None)
    with pytest.raises(errors.NoResolver, match="neither pip nor uv") as caught:
        package_index.resolve(["low-er"], {}, {}, index.url)
    assert "ensurepip" in (caught.value.hint or "")
