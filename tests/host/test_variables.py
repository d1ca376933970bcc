"""Variables as a host and a package's code use them: five scopes, kept for whom they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Role, Runtime
from peers_runtime.base import errors
from tests.host.devices import Group, until
from tests.host.variable_parts import SCOPES, a_project, a_project_of_all_scopes, declared
from tests.world import an_id, project


@pytest.fixture
def scoped(tmp_path: Path) -> Path:
    """A package with a variable of each scope."""
    return a_project_of_all_scopes(tmp_path / "scoped")


@pytest.fixture
def shared(tmp_path: Path) -> Group:
    return Group(tmp_path / "devices")


def test_a_variable_has_its_default_until_it_is_set_and_again_once_it_is_reset(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(a_project(tmp_path, declared("limit", "type=int, default=10")), context="acme")
    limit = runtime.context("acme").variables["limit"]
    assert (limit(), limit.is_set, limit.scope) == (10, False, "user")
    limit.set(20)
    assert (limit(), limit.is_set) == (20, True)
    limit.reset()
    assert (limit(), limit.is_set) == (10, False)
    limit.reset()  # of what is not set is no error


def test_without_a_default_it_is_none_while_it_is_not_set(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(a_project(tmp_path, declared("api_url")), context="acme")
    assert runtime.context("acme").variables["api_url"]() is None


@pytest.mark.parametrize(
    ("of", "value"),
    [
        ("str", "with 'quotes', ünïcode and a \\ "),
        ("bool", True),
        ("float", 0.1),
        ("list[int]", [1, 2]),
        ("dict[str, int | None]", {"a": None}),
        ("str | None", None),
        ("bytes", b"text"),
        ("int", 2**80),
    ],
)
def test_a_value_comes_back_as_it_was_set_in_its_type(
    runtime: Runtime, tmp_path: Path, of: str, value: Any
) -> None:
    runtime.install(a_project(tmp_path, declared("it", f"type={of}")), context="acme")
    it = runtime.context("acme").variables["it"]
    it.set(value)
    assert it() == value
    assert type(it()) is type(value)


def test_a_model_comes_back_as_the_version_s_own_class(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(a_project(tmp_path, declared("server", "type=Server")), context="acme")
    ctx = runtime.context("acme")
    server = ctx.variables["server"]
    server.set({"url": "https://example.org", "Port": 80})
    assert (server().url, server().port) == ("https://example.org", 80)
    assert type(server()) is ctx.module("notes.settings").Server
    with pytest.raises(errors.InvalidVariable, match="prot: Extra inputs are not permitted"):
        server.set({"url": "https://example.org", "prot": 80})


def test_what_does_not_fit_the_type_is_refused_and_changes_nothing(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(a_project(tmp_path, declared("limit", "type=int")), context="acme")
    limit = runtime.context("acme").variables["limit"]
    limit.set(1)
    with pytest.raises(
        errors.InvalidVariable, match=r"'limit' of notes@1\.0\.0: Input should be a valid int"
    ):
        limit.set("many")
    with pytest.raises(errors.InvalidVariable):
        limit.set("many", dry_run=True)
    assert limit() == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_hold_is_refused(runtime: Runtime, tmp_path: Path, value: float) -> None:
    runtime.install(a_project(tmp_path, declared("ratio", "type=float")), context="acme")
    with pytest.raises(errors.InvalidVariable, match="come back"):
        runtime.context("acme").variables["ratio"].set(value)


def test_a_dry_run_checks_and_keeps_nothing(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(a_project(tmp_path, declared("limit", "type=int, default=1")), context="acme")
    limit = runtime.context("acme").variables["limit"]
    limit.set(2, dry_run=True)
    assert limit() == 1
    limit.set(2)
    limit.reset(dry_run=True)
    assert limit() == 2


def test_each_scope_is_seen_by_those_that_it_is_for(shared: Group, scoped: Path) -> None:
    """Ada sets all five in acme on the laptop; who else sees which?"""
    with shared.open("laptop") as laptop, shared.open("phone") as phone:
        for context in ("acme", "globex"):
            laptop.contexts.create(context, kind="group")
            laptop.members.set(context, "bob", Role.READER)
            laptop.install(scoped, context=context)
            laptop.promote("notes", "1.0.0", "stable", context=context)
        ours = laptop.context("acme").variables
        for name in ours:
            ours[name].set("set")

        def seen(runtime: Runtime, context: str, actor: str) -> set[str]:
            variables = runtime.context(context, actor).variables
            return {variables[name].scope for name in variables if variables[name]() == "set"}

        until(lambda: len(phone.context("globex").variables) == len(SCOPES))
        until(lambda: len(phone.context("acme").variables) == len(SCOPES))
        assert seen(laptop, "acme", "ada") == set(SCOPES)
        assert seen(laptop, "acme", "bob") == {"device", "group", "group-device"}
        assert seen(laptop, "globex", "ada") == {"device", "user"}
        assert seen(laptop, "globex", "bob") == {"device"}
        assert seen(phone, "acme", "ada") == {"user", "group", "group-user"}
        assert seen(phone, "acme", "bob") == {"group"}
        assert seen(phone, "globex", "ada") == {"user"}
        assert seen(phone, "globex", "bob") == set()


def test_what_is_of_a_device_stays_out_of_the_catalog(shared: Group, scoped: Path) -> None:
    with shared.open("laptop") as laptop:
        laptop.install(scoped)
        variables = laptop.context().variables
        variables["device"].set("stays at home")
        variables["group_device"].set("stays at home")
        variables["group"].set("is shared")
    catalog = b"".join(path.read_bytes() for path in (shared.folder / "shared").glob("team.sqlite*"))
    assert b"is shared" in catalog
    assert b"stays at home" not in catalog


def test_a_context_of_one_catalog_is_not_that_of_another(shared: Group, scoped: Path) -> None:
    """Every catalog has a personal context."""
    with shared.open("laptop") as there:
        there.install(scoped)
        there.context().variables["group_device"].set("there")
        there.context().variables["device"].set("of the device")
    with Runtime.open(shared.folder / "laptop", actor="ada") as here:
        here.install(scoped)
        assert here.context().variables["group_device"]() == "unset"
        assert here.context().variables["device"]() == "of the device"


def test_values_outlive_the_process_the_version_and_the_package(scoped: Path, tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.install(scoped)
        for name in runtime.context().variables:
            runtime.context().variables[name].set(name)
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.uninstall("notes")
        project(scoped, "notes", "2.0.0")
        lines = [declared(scope.replace("-", "_"), f"scope={scope!r}") for scope in SCOPES]
        runtime.install(a_project(scoped, *lines, version="2.0.0"))
        variables = runtime.context().variables
        assert [variables[name]() for name in variables] == list(variables)


def test_a_reader_sets_their_own_and_what_is_for_all_takes_an_admin(runtime: Runtime, scoped: Path) -> None:
    runtime.contexts.create("team", kind="group")
    runtime.members.set("team", "bob", Role.READER)
    runtime.members.set("team", "eve", Role.WRITER)
    runtime.members.set("team", "kim", Role.ADMIN)
    runtime.install(scoped, context="team")
    for actor in ("bob", "eve"):
        _sets_their_own_and_nothing_for_all(runtime, actor)
    runtime.context("team", "kim").variables["group"].set("kim")
    assert runtime.context("team", "bob").variables["group"]() == "kim"


def _sets_their_own_and_nothing_for_all(runtime: Runtime, actor: str) -> None:
    ctx = runtime.context("team", actor)
    variables = ctx.variables
    for scope in ("device", "user", "group_device", "group_user"):
        variables[scope].set(actor)
    for act in (lambda: variables["group"].set("x"), variables["group"].reset):
        with pytest.raises(errors.RoleTooLow, match="to set a variable for the whole context one must be"):
            act()
    with pytest.raises(errors.ToolFailed) as caught:
        ctx.tools["setting"](name="group", value="x")
    assert isinstance(caught.value.__cause__, errors.RoleTooLow)
    assert variables["group"]() == "unset"


def test_who_leaves_a_group_reads_and_sets_nothing_there_any_more(runtime: Runtime, scoped: Path) -> None:
    runtime.contexts.create("team", kind="group")
    runtime.members.set("team", "bob", Role.READER)
    runtime.install(scoped, context="team")
    variables = runtime.context("team", "bob").variables
    runtime.members.set("team", "bob", Role.NONE)
    for name in variables:
        for act in (
            variables[name],
            variables[name].reset,
            lambda name=name: variables[name].set("x"),
            lambda name=name: variables[name].subscribe(print),
        ):
            with pytest.raises(errors.RoleTooLow):
                act()


def test_names_are_a_package_s_own_first_and_ambiguous_to_a_host(runtime: Runtime, tmp_path: Path) -> None:
    for name in ("notes", "tasks"):
        line = declared("api_url", f"default='of {name}'", name)
        runtime.install(a_project(tmp_path / name, line, name=name), context="acme")
    ctx = runtime.context("acme")
    assert ctx.tools["notes:setting"](name="api_url").value == "of notes"
    assert ctx.tools["tasks:setting"](name="api_url").value == "of tasks"
    assert ctx.tools["tasks:setting"](name="notes:api_url").value == "of notes"
    assert ctx.variables["notes:api_url"]() == "of notes"
    assert ctx.variables[an_id("tasks", "api_url")]() == "of tasks"
    with pytest.raises(errors.AmbiguousName, match="variable name 'api_url' belongs to"):
        ctx.variables["api_url"]
    with pytest.raises(errors.UnknownVariable, match="did you mean 'api_url'"):
        ctx.variables["api_ulr"]


def test_a_ui_has_the_variables_of_its_package(runtime: Runtime, tmp_path: Path) -> None:
    ui = an_id("notes", "ui")
    source = a_project(
        tmp_path,
        declared("title", "default='Notes'"),
        **{
            "uis.py": f"""
                from peers_runtime import UI
                uis = [UI(peers_ui_id={ui!r}, name="Home", content="notes.ui:home")]
                """,
            "ui.py": """
                def home(props, ctx):
                    return ctx.variables["title"]()
                """,
        },
    )
    runtime.install(source, context="acme")
    assert runtime.context("acme").render(ui).content == "Notes"


def test_two_packages_cannot_have_one_variable(runtime: Runtime, tmp_path: Path) -> None:
    for name in ("notes", "tasks"):
        a_project(tmp_path / name, declared("api_url"), name=name)
    runtime.install(tmp_path / "notes", context="acme")
    with pytest.raises(errors.ContributionConflict, match="variable with the id"):
        runtime.install(tmp_path / "tasks", context="acme")


def test_a_value_that_no_longer_fits_is_an_error_that_names_the_way_out(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(a_project(tmp_path, declared("limit", "default='ten'")), context="acme")
    runtime.context("acme").variables["limit"].set("twenty")
    newer = a_project(tmp_path, declared("limit", "type=int, default=10"), version="2.0.0")
    runtime.install(newer, context="acme")
    limit = runtime.context("acme").variables["limit"]
    with pytest.raises(errors.InvalidVariable, match="no longer fits") as caught:
        limit()
    assert "peers vars reset notes:limit" in caught.value.hint
    limit.reset()
    assert limit() == 10


def test_listing_tells_what_is_set_and_by_whom(runtime: Runtime, tmp_path: Path) -> None:
    source = a_project(tmp_path, declared("limit", "type=int, default=10, description='Most notes.'"))
    runtime.install(source, context="acme")
    runtime.members.set("acme", "bob", Role.READER)
    me = runtime.actor
    runtime.context("acme").variables["limit"].set(20)
    (found,) = runtime.context("acme").variables.list()
    assert (found.name, found.package, found.version, found.scope) == ("limit", "notes", "1.0.0", "user")
    assert (found.value, found.default, found.is_set, found.by) == (20, 10, True, me)
    assert found.description == "Most notes."
    (others,) = runtime.context("acme", "bob").variables.list()
    assert (others.value, others.is_set, others.by) == (10, False, None)
