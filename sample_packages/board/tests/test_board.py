"""board 1.0.0 in a runtime in memory, alone and with a package that fills its slot."""

from pathlib import Path

import pytest
from peers_runtime import Runtime

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def runtime():
    with Runtime.in_memory() as runtime:
        runtime.install(PROJECT)
        yield runtime


def test_the_slot_is_empty_until_somebody_fills_it(runtime):
    assert "Nobody hangs anything here." in runtime.context().render("board").content.__html__()
    runtime.install(PROJECT.parent / "hints")
    html = runtime.context().render("board").content.__html__()
    assert "This place of board is filled by another package." in html


def test_the_module_is_named_and_no_code_of_the_package_runs(runtime):
    assert runtime.context().render("board/counter").content == "assets/counter.js"


def test_the_application_is_the_content(runtime):
    assert callable(runtime.context().render("board/guests").content)
