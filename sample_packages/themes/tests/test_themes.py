"""themes in a runtime in memory, under a host that asks for colours."""

from types import ModuleType

import pluggy
import pytest


@pytest.fixture
def runtime(peers_runtime, peers_package):
    specs = ModuleType("demo_host_specs")
    specs.theme_colors = theme_colors
    peers_runtime.add_hookspecs(specs, project_name="demo_host")
    for context in ("personal", "acme"):
        peers_package(context=context)
    return peers_runtime


@pluggy.HookspecMarker("demo_host")
def theme_colors(context_id):
    """Colours by what they are for."""


def test_a_context_always_gets_the_same_colours(runtime):
    first, second = (runtime.context("acme").hook.theme_colors(context_id="acme") for _ in range(2))
    assert first == second
    assert set(first[0]) == {"frame", "title"}


def test_two_contexts_can_look_different(runtime):
    colours = runtime.context("personal").hook.theme_colors
    assert len({colours(context_id=name)[0]["frame"] for name in ("a", "b", "c", "d", "e", "f")}) > 1
