"""Variables as data, and back to the author's types; what needs no type imports none."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.contributions import variables as variable_room
from peers_runtime.contributions.hearing import Hearing
from peers_runtime.contributions.variables import LoadedVariable, Variables
from peers_runtime.model.manifest import Definition, VariableData
from peers_runtime.model.variables import Address, StoredVariable
from tests.contributions.conftest import Make
from tests.world import an_id

PACKAGE = """
    from peers_runtime.authoring.package import define_package
    from . import ids, settings

    @define_package
    def package(pkg):
        pkg.package_id = ids.PACKAGE
        pkg.hooks = "notes.hooks"
        pkg.variables = [*settings.variables, settings.server]
"""
HOOKS = """
    import pluggy

    @pluggy.HookimplMarker("myhost")
    def myhost_shown(): ...
"""
SETTINGS = f"""
    from pydantic import BaseModel
    from peers_runtime.authoring.variables import Variable

    class Server(BaseModel):
        url: str
        port: int = 443

    server = Variable({an_id("server")!r}, "server", Server, "group", Server(url="x"))
    variables = [
        Variable({an_id("limit")!r}, "limit", int, "device", 10, description="Most notes."),
        Variable({an_id("key")!r}, "key", secret=True),
    ]
"""
HOSTS: Hearing[LoadedVariable] = Hearing("acme", None, lambda: variable_room.names([]), print)
FILES = {"package.py": PACKAGE, "hooks.py": HOOKS, "settings.py": SETTINGS}


class Memory:
    """Keeps one value as it is given."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.wanted: tuple[str, VariableData] | None = None
        self.told: list[Callable[[], object]] = []

    def open(self, package_id: str, data: VariableData) -> Memory:
        self.wanted = package_id, data
        return self

    @property
    def _id(self) -> str:
        assert self.wanted is not None
        return self.wanted[1].variable_id

    def look(self) -> StoredVariable | None:
        text = self.texts.get(self._id)
        return None if text is None else StoredVariable(Address("user", "", ""), text, False, "ada", "now")

    def read(self) -> str | None:
        return self.texts.get(self._id)

    def set(self, text: str, /, *, dry_run: bool = False) -> None:
        if not dry_run:
            self.texts[self._id] = text

    def reset(self, *, dry_run: bool = False) -> None:
        if not dry_run:
            self.texts.pop(self._id, None)

    def subscribe(self, callback: Callable[[], object], /) -> Callable[[], None]:
        self.told.append(callback)
        return lambda: self.told.remove(callback)


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def opened(make: Make, memory: Memory) -> Callable[[], Variables]:
    version = make(FILES)
    version.definition  # noqa: B018  # evaluates it, which imports the settings
    again = version.again()
    again._definition = version.definition

    def view() -> Variables:
        return Variables(variable_room.names([again]), memory.open, view, HOSTS)

    return view


def test_variables_become_data(make: Make) -> None:
    limit, key, server = make(FILES).evaluate().variables
    assert (limit.name, limit.scope, limit.default, limit.secret) == ("limit", "device", 10, False)
    assert (limit.value_schema, limit.description) == ({"type": "integer"}, "Most notes.")
    assert limit.reference is None  # it stands in a list
    assert (key.name, key.scope, key.default, key.secret) == ("key", "user", None, True)
    assert (server.default, server.reference) == ({"url": "x", "port": 443}, "notes.settings:server")
    assert server.value_schema["required"] == ["url"]


def test_a_definition_without_variables_has_the_data_that_it_always_had(make: Make) -> None:
    without = make(FILES | {"settings.py": "variables = []\nserver = None", "package.py": PACKAGE.replace(
        "pkg.variables", "_"
    )}).evaluate()  # fmt: skip
    assert "variables" not in without.wire()
    assert Definition.model_validate(without.wire()) == without


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            'int, "device", 10',
            'SecretStr, "device"',
            r"settings\.py:\d+: Variable 'limit': its type holds a SecretStr",
        ),
        ('int, "device", 10', 'list[SecretStr], "device"', "its type holds a SecretStr"),
        ('int, "device", 10', 'float, "device", float("inf")', "the default cannot be kept as JSON"),
        ('int, "device", 10', "type(print)", r"pydantic cannot"),
    ],
)
def test_a_type_whose_values_cannot_be_kept_is_refused(
    make: Make, before: str, after: str, said: str
) -> None:
    assert before in SETTINGS
    text = SETTINGS.replace("import BaseModel", "import BaseModel, SecretStr").replace(before, after)
    with pytest.raises(errors.InvalidDefinition, match=said):
        make(FILES | {"settings.py": text}).evaluate()


def test_routes_that_pull_in_the_variables_are_refused(make: Make) -> None:
    files = FILES | {"routes.py": "from . import settings\nroutes = []"}
    with pytest.raises(errors.RoutesImportUI, match="the variable 'limit'"):
        make(files).evaluate()


def test_what_needs_no_type_imports_no_package_code(opened: Callable[[], Variables], memory: Memory) -> None:
    variables = opened()
    (version,) = {found.contributor for found in variables._names.values()}
    memory.texts = {an_id("limit"): "20"}
    assert [(one.name, one.value) for one in variables.list()] == [
        ("limit", 20),
        ("key", None),
        ("server", {"url": "x", "port": 443}),
    ]
    limit = variables["limit"]
    assert (limit.scope, limit.is_set, limit.reveal(), limit.parsed("5")) == ("device", True, 20, 5)
    limit.reset()
    assert limit.reveal() == 10
    assert version.loaded() == ()
    assert limit() == 10
    assert "notes.settings" in version.loaded()


def test_a_value_is_of_the_author_s_type_and_each_time_another(
    opened: Callable[[], Variables], memory: Memory
) -> None:
    server = opened()["server"]
    server.set({"url": "y"})
    assert json.loads(memory.texts[an_id("server")]) == {"url": "y", "port": 443}
    server().url = "changed"
    assert server().url == "y"
    server.reset()
    server().url = "changed"
    assert server().url == "x"


def test_a_model_that_was_changed_into_what_it_does_not_allow_is_refused(
    opened: Callable[[], Variables], memory: Memory, recwarn: pytest.WarningsRecorder
) -> None:
    server = opened()["server"]
    wrong = server()
    wrong.port = "many"
    with pytest.raises(errors.InvalidVariable, match="come back"):
        server.set(wrong)
    assert memory.texts == {}
    assert not recwarn.list  # pydantic's warning would show the value


@pytest.mark.parametrize(
    ("name", "written", "meant"),
    [
        ("key", "5", "5"),
        ("key", '"quoted"', '"quoted"'),
        ("limit", "5", 5),
        ("limit", "five", "five"),
        ("server", '{"url": "y"}', {"url": "y"}),
    ],
)
def test_what_a_person_writes_is_a_text_where_the_type_takes_one_and_else_json(
    opened: Callable[[], Variables], name: str, written: str, meant: Any
) -> None:
    assert opened()[name].parsed(written) == meant


def test_a_version_has_its_own_also_where_another_one_is_active_or_none(
    make: Make, opened: Callable[[], Variables]
) -> None:
    older = make(FILES | {"settings.py": SETTINGS.replace('int, "device", 10', "str, \"device\", 'ten'")})
    older.evaluate()
    for active in (opened(), Variables(variable_room.names([]), Memory().open, opened, HOSTS)):
        assert active.of(older)["limit"]() == "ten"
    assert opened()["limit"]() == 10
    with pytest.raises(errors.UnknownVariable):
        opened().of(older)["nowhere"]


def test_a_subscriber_is_not_told_of_a_variable_that_no_version_has_any_more(
    opened: Callable[[], Variables], memory: Memory
) -> None:
    heard: list[Any] = []
    now = [opened()]
    variables = Variables(now[0]._names, memory.open, lambda: now[0], HOSTS)
    variables["limit"].subscribe(heard.append)
    memory.told[0]()
    now[0] = Variables(variable_room.names([]), memory.open, lambda: now[0], HOSTS)
    memory.told[0]()
    assert heard == [10]
