"""Hooks by pluggy's own rules, and no package code imported before a hook is called."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pluggy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.contributions import registry
from peers_runtime.contributions.registry import HostSpecs, Registry
from tests.fakes.versions import FakeVersion

Make = Callable[..., FakeVersion]

IDS = {name: name * 25 for name in "abcdefgh"}
DEFINITION = """
    from peers_runtime.authoring.package import define_package

    @define_package
    def package(pkg):
        pkg.package_id = "{package_id}"
        pkg.hooks = "{name}.hooks"
"""
HOOKS_HEAD = """
import pluggy
hookimpl = pluggy.HookimplMarker("demo_host")
other = pluggy.HookimplMarker("other_host")
peers = pluggy.HookimplMarker("peers")
"""


def specs(text: str, project: str = "demo_host") -> HostSpecs:
    module = ModuleType(f"specs_of_{project}")
    exec(f"import pluggy\nhookspec = pluggy.HookspecMarker({project!r})\n{text}", vars(module))
    return HostSpecs(module, project)


COLORS = specs("@hookspec\ndef colors(context_id, depth=1): 'Colours.'")


@pytest.fixture
def plugin(make: Make) -> Callable[..., FakeVersion]:
    def make_plugin(hooks: str, name: str = "a", version: str = "1.0.0") -> FakeVersion:
        definition = DEFINITION.format(package_id=IDS[name], name=name)
        return make({"package.py": definition, "hooks.py": HOOKS_HEAD + hooks}, name, version)

    return make_plugin


def impl(returned: object, options: str = "", arguments: str = "context_id") -> str:
    return f"@hookimpl({options})\ndef colors({arguments}):\n    return {returned!r}\n"


def test_no_hooks_module_is_imported_before_its_hook_is_called(plugin: Make) -> None:
    called, other = plugin(impl("a"), "a"), plugin(impl("b").replace("colors", "sounds"), "b")
    both = specs("@hookspec\ndef colors(context_id): ''\n@hookspec\ndef sounds(context_id): ''")
    found = Registry([called, other], [both])
    assert (called.loaded(), other.loaded()) == ((), ())
    assert found.hook.colors(context_id="x") == ["a"]
    assert (called.loaded(), other.loaded()) == (("a", "a.hooks"), ())


def test_after_the_first_call_pluggy_holds_the_function_itself(plugin: Make) -> None:
    version = plugin(impl("a"))
    found = Registry([version], [COLORS])
    found.hook.colors(context_id="x")
    (implementation,) = found.manager("demo_host").hook.colors.get_hookimpls()
    assert implementation.function is version.load("a.hooks:colors")


def test_a_registry_is_shared_by_nobody(plugin: Make) -> None:
    one, two = plugin(impl("one"), "a", "1.0.0"), plugin(impl("two"), "a", "2.0.0")
    first, second, both = Registry([one], [COLORS]), Registry([two], [COLORS]), Registry([one, two], [COLORS])
    assert first.hook.colors(context_id="x") == ["one"]
    assert second.hook.colors(context_id="x") == ["two"]
    assert both.hook.colors(context_id="x") == ["two", "one"]


OPTIONS = (
    "",
    "tryfirst=True",
    "trylast=True",
    "wrapper=True",
    "hookwrapper=True",
    "wrapper=True, tryfirst=True",
)
BODIES = {
    "plain": "    log.append(NAME)\n    return NAME\n",
    "none": "    log.append(NAME)\n",
    "wrapper": "    log.append(NAME)\n    result = yield\n    log.append('-' + NAME)\n    return result\n",
    "hookwrapper": "    log.append(NAME)\n    outcome = yield\n    log.append(f'{outcome.get_result()}')\n",
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.lists(st.tuples(st.sampled_from(OPTIONS), st.booleans()), min_size=1, max_size=6),
    firstresult=st.booleans(),
)
def test_order_wrappers_and_first_results_are_those_of_raw_pluggy(
    make: Make, chosen: Sequence[tuple[str, bool]], firstresult: bool
) -> None:
    host = specs(f"@hookspec(firstresult={firstresult})\ndef colors(context_id, depth=1): ''")
    raw, raw_log = pluggy.PluginManager("demo_host"), []
    raw.add_hookspecs(host.module)
    versions: list[FakeVersion] = []
    for name, (options, is_none) in zip(IDS, chosen, strict=False):
        kind = options.partition("=")[0] if "wrapper" in options else "none" if is_none else "plain"
        text = f"@hookimpl({options})\ndef colors(context_id):\n{BODIES[kind].replace('NAME', repr(name))}"
        source = "log = []\nimport pluggy\nhookimpl = pluggy.HookimplMarker('demo_host')\n" + text
        module = ModuleType(name)
        exec(source, vars(module))
        vars(module)["log"] = raw_log
        raw.register(module, name)
        definition = DEFINITION.format(package_id=IDS[name], name=name)
        versions.append(make({"package.py": definition, "hooks.py": source}, name))
    found, log = Registry(versions, [host]), []
    for version in versions:
        vars(version.load(f"{version.name}.hooks"))["log"] = log
    cold, expected = found.hook.colors(context_id="x"), raw.hook.colors(context_id="x")
    assert (cold, log) == (expected, raw_log)
    log.clear()
    assert (found.hook.colors(context_id="x"), log) == (expected, raw_log)


def test_a_wrapper_changes_the_result_on_its_first_call_too(plugin: Make) -> None:
    wrapper = "@hookimpl(wrapper=True)\ndef colors(context_id):\n    return [*(yield), context_id]\n"
    found = Registry([plugin(impl("a"), "a"), plugin(wrapper, "b")], [COLORS])
    assert found.hook.colors(context_id="x") == found.hook.colors(context_id="x") == ["a", "x"]


def test_a_wrapper_sees_the_error_of_what_it_wraps(plugin: Make) -> None:
    wrapper = (
        "@hookimpl(wrapper=True)\ndef colors(context_id):\n"
        "    try:\n        return (yield)\n    except ZeroDivisionError:\n        return ['mended']\n"
    )
    broken = "@hookimpl\ndef colors(context_id):\n    1 / 0\n"
    found = Registry([plugin(broken, "a"), plugin(wrapper, "b")], [COLORS])
    assert found.hook.colors(context_id="x") == found.hook.colors(context_id="x") == ["mended"]


def test_arguments_come_as_pluggy_gives_them(plugin: Make) -> None:
    text = "@hookimpl\ndef colors(context_id, depth=7):\n    return (context_id, depth)\n"
    none = "@hookimpl\ndef colors():\n    return 'none'\n"
    own_default = specs("@hookspec\ndef colors(context_id, depth): ''")
    for host, given_arguments, expected in (
        (COLORS, {"context_id": "x"}, 1),  # the specification's default
        (COLORS, {"context_id": "x", "depth": 2}, 2),
        (own_default, {"context_id": "x", "depth": 3}, 3),
    ):
        found = Registry([plugin(text, "a"), plugin(none, "b")], [host])
        for _ in range(2):
            assert found.hook.colors(**given_arguments) == ["none", ("x", expected)]


def test_an_implementation_keeps_its_own_default_when_the_caller_leaves_it_out(plugin: Make) -> None:
    text = "@hookimpl\ndef colors(context_id, depth=7):\n    return depth\n"
    found = Registry([plugin(text)], [specs("@hookspec\ndef colors(context_id, depth): ''")])
    for _ in range(2):
        with pytest.warns(UserWarning, match="depth"):
            assert found.hook.colors(context_id="x") == [7]


def test_an_async_implementation_gives_its_coroutine(plugin: Make) -> None:
    found = Registry([plugin("@hookimpl\nasync def colors(context_id):\n    return 'later'\n")], [COLORS])
    for _ in range(2):
        (coroutine,) = found.hook.colors(context_id="x")
        with pytest.raises(StopIteration, match="later"):
            coroutine.send(None)


def test_specname_and_several_implementations_in_one_version(plugin: Make) -> None:
    text = impl("a") + "@hookimpl(specname='colors')\ndef more(context_id):\n    return 'more'\n"
    raw = pluggy.PluginManager("demo_host")
    raw.add_hookspecs(COLORS.module)
    version = plugin(text)
    raw.register(version.again().load("a.hooks"), "a")
    found = Registry([version], [COLORS])
    assert found.hook.colors(context_id="x") == raw.hook.colors(context_id="x")


def test_historic_calls_reach_every_implementation_of_the_registry(plugin: Make) -> None:
    host = specs("@hookspec(historic=True)\ndef colors(context_id): ''")
    found, seen = Registry([plugin(impl("a"), "a"), plugin(impl("b"), "b")], [host]), []
    found.hook.colors.call_historic(seen.append, {"context_id": "x"})
    assert seen == ["b", "a"]


def test_one_name_space_for_the_hooks_of_all_projects(plugin: Make) -> None:
    sounds = specs("@hookspec\ndef sounds(): ''", "other_host")
    version = plugin(impl("a") + "@other\ndef sounds():\n    return 'beep'\n")
    found = Registry([version], [COLORS, sounds])
    assert (found.hook.colors(context_id="x"), found.hook.sounds()) == (["a"], ["beep"])
    assert found.caller("sounds") is found.hook.sounds


def test_hooks_for_a_host_that_is_not_there_are_left_alone(plugin: Make) -> None:
    version = plugin("@other\ndef sounds():\n    return 'beep'\n" + impl("a"))
    assert Registry([version], [COLORS]).hook.colors(context_id="x") == ["a"]
    registry.check(version, [])


def test_a_hook_that_nobody_specified_is_unknown(plugin: Make) -> None:
    found = Registry([plugin(impl("a"))], [COLORS])
    with pytest.raises(errors.UnknownHook, match="'colours'") as caught:
        _ = found.hook.colours
    assert caught.value.hint == "the host has specified: colors"
    with pytest.raises(errors.UnknownHook) as caught:
        Registry([], []).caller("colors")
    assert "add_hookspecs" in caught.value.hint
    assert not hasattr(found.hook, "__wrapped__")


WRONG = {
    "another argument": (impl("a", arguments="context_id, size"), "'size'"),
    "no such hook": (impl("a").replace("colors", "colours"), "the host specifies no such hook"),
    "a wrapper of a historic hook": (
        "@hookimpl(wrapper=True)\ndef old():\n    return (yield)\n",
        "historic incompatible",
    ),
}
HOST = specs("@hookspec\ndef colors(context_id): ''\n@hookspec(historic=True)\ndef old(): ''")


@pytest.mark.parametrize("name", WRONG)
def test_an_implementation_that_does_not_fit_is_named(plugin: Make, name: str) -> None:
    text, said = WRONG[name]
    fine = "@hookimpl(specname='colors')\ndef fine(context_id):\n    return 1\n"
    version = plugin(fine + text)
    for act in (registry.check, lambda version, host: Registry([version], host)):
        with pytest.raises(errors.InvalidHook, match=said) as caught:
            act(version, [HOST])
        hook = "old" if "old" in text else "colours" if "colours" in text else "colors"
        assert f"a@1.0.0: hook {hook!r} of 'demo_host', implemented by a.hooks:{hook}" in caught.value.message
        assert caught.value.facts["hook"] == hook
    assert version.loaded() == ()


@pytest.mark.parametrize("name", WRONG)
def test_a_version_whose_hooks_do_not_fit_takes_no_part_and_is_reported(plugin: Make, name: str) -> None:
    broken = plugin("@other(specname='sounds')\ndef a_first():\n    return 'beep'\n" + WRONG[name][0], "b")
    sounds = specs("@hookspec\ndef sounds(): ''", "other_host")
    reported: list[tuple[object, ...]] = []
    found = Registry(
        [plugin(impl("a"), "a"), broken], [sounds, HOST], lambda *report: reported.append(report)
    )
    assert found.hook.colors(context_id="x") == ["a"]
    assert found.hook.sounds() == []
    ((code, message, hint, subject, context_id),) = reported
    assert (code, subject, context_id) == ("P0510", "b@1.0.0", None)
    assert str(message).startswith("b@1.0.0: hook")
    assert hint


def test_an_optional_hook_may_be_missing(plugin: Make) -> None:
    version = plugin(impl("a") + "@hookimpl(optionalhook=True)\ndef colours():\n    return 1\n")
    found = Registry([version], [COLORS])
    assert found.hook.colors(context_id="x") == ["a"]
    with pytest.raises(errors.UnknownHook):
        _ = found.hook.colours


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        ([specs("def nothing(): ''")], "did not find any 'demo_host' hooks"),
        ([COLORS, COLORS], "already registered"),
        (
            [COLORS, specs("@hookspec\ndef colors(): ''", "other_host")],
            "'colors' is one of 'demo_host' already",
        ),
        ([specs("@hookspec\ndef peers_tools(): ''")], "is one of 'peers' already"),
        ([specs("@hookspec\ndef mine(): ''", "peers")], "is that of peers itself"),
    ],
)
def test_specifications_that_cannot_be_used_are_the_hosts_fault(hosts: list[HostSpecs], said: str) -> None:
    with pytest.raises(errors.InvalidSetting, match=said):
        Registry([], hosts)


def test_a_hooks_module_that_cannot_be_imported_fails_by_name_and_may_be_mended(plugin: Make) -> None:
    version = plugin(impl("a"))
    found = Registry([version], [COLORS])
    source = (version.folder / "a" / "hooks.py").read_text()
    (version.folder / "a" / "hooks.py").write_text("1 / 0")
    with pytest.raises(errors.HookFailed, match=r"a@1\.0\.0: a\.hooks:colors.*ZeroDivisionError") as caught:
        found.hook.colors(context_id="x")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    (version.folder / "a" / "hooks.py").write_text(source + "# mended")
    assert found.hook.colors(context_id="x") == ["a"]


def test_what_an_implementation_raises_comes_through_as_it_is(plugin: Make) -> None:
    found = Registry([plugin("@hookimpl\ndef colors(context_id):\n    raise KeyError('mine')\n")], [COLORS])
    for _ in range(2):
        with pytest.raises(KeyError, match="mine"):
            found.hook.colors(context_id="x")


def test_many_threads_may_make_the_first_call(plugin: Make) -> None:
    found = Registry([plugin(impl(name), name) for name in "abcd"], [COLORS])
    start, answers = threading.Barrier(16), []

    def call() -> None:
        start.wait()
        answers.append(found.hook.colors(context_id="x"))

    threads = [threading.Thread(target=call) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [["d", "c", "b", "a"]] * 16


def test_a_registry_does_not_keep_versions_until_the_garbage_collector_comes(tmp_path: Path) -> None:
    definition = DEFINITION.format(package_id=IDS["a"], name="a")
    version = FakeVersion(tmp_path, "a").write({"package.py": definition, "hooks.py": HOOKS_HEAD + impl("a")})
    found = Registry([version], [COLORS])
    caller = found.hook.colors
    kept = weakref.ref(version)
    gc.disable()
    try:
        assert found.hook.peers_tools() == [()]
        del found, version
        assert kept() is None
    finally:
        gc.enable()
    with pytest.raises(errors.NoActiveVersion, match=r"a@1\.0\.0"):
        caller(context_id="x")


def test_a_dropped_registry_lets_the_implementations_go(plugin: Make) -> None:
    version = plugin(impl("a"))
    found = Registry([version], [COLORS])
    found.hook.colors(context_id="x")
    function = weakref.ref(version.load("a.hooks:colors"))
    version.forget()
    del found
    gc.collect()
    assert function() is None


def test_what_versions_declare_is_answered_by_peers_own_hooks(make: Make) -> None:
    uis = """
        from peers_runtime.model.contributions import UI
        from . import ids
        uis = [UI(peers_ui_id=ids.HOME, name="Home", content=lambda props, ctx: None)]
    """
    package = DEFINITION.format(package_id=IDS["a"], name="a").replace('pkg.hooks = "a.hooks"', "pass")
    version = make({"package.py": package, "uis.py": uis}, "a")
    hook = Registry([version], [COLORS]).hook
    (home,) = version.definition.uis
    assert hook.peers_uis(peers_ui_id=home.peers_ui_id) == home
    assert hook.peers_uis(peers_ui_id="other") is None
    assert hook.peers_routes() == [()]
    assert (hook.peers_tools(), hook.peers_tables()) == ([()], [()])
    assert (hook.peers_contracts(), hook.peers_app_navs()) == ([()], [()])
    assert version.loaded() == ()


def test_a_versions_own_life_is_not_for_everybody_to_call(plugin: Make) -> None:
    version = plugin("@peers\ndef peers_activated(context):\n    return context\n")
    with pytest.raises(errors.UnknownHook):
        _ = Registry([version], []).hook.peers_activated


def test_recorded_names_that_are_no_names_are_never_compiled(plugin: Make) -> None:
    version = plugin(impl("a"))
    bad = version.definition.hooks[0].model_copy(update={"argument_names": ("x): pass\nimport os\ndef f(y",)})
    version._definition = version.definition.model_copy(update={"hooks": (bad,)})
    with pytest.raises(errors.InvalidHook, match="is not a name"):
        Registry([version], [COLORS])


def test_a_reader_of_the_trace_sees_what_a_stub_is(plugin: Make) -> None:
    found = Registry([plugin(impl("a"))], [COLORS])
    (implementation,) = found.manager("demo_host").hook.colors.get_hookimpls()
    assert implementation.function.__code__.co_filename == "<hook implementation colors, not imported yet>"
    assert implementation.plugin_name == "a@1.0.0"
