"""Variables are checked where they are written."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from peers_runtime.authoring.package import define_package
from peers_runtime.authoring.variables import Variable
from peers_runtime.base import errors

ID = "0mwqffk1yugb2e7ml041psbwr"
OTHER_ID = "0mwqffk1yugb2e7ml041psbws"


class Server(BaseModel):
    url: str


def test_a_variable_keeps_what_it_was_given_and_where() -> None:
    made = Variable(ID, "server", Server, "group", {"url": "x"}, description="Where it is.")
    assert (made.variable_id, made.name, made.scope, made.secret) == (ID, "server", "group", False)
    assert made.default == Server(url="x")
    assert (made.place.module, made.place.file) == (__name__, __file__)
    assert repr(made) == "<Variable server>"


def test_by_default_it_is_a_text_of_who_uses_it() -> None:
    made = Variable(ID, "api_url")
    assert (made.adapter.validate_python("x"), made.scope, made.default) == ("x", "user", None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "needs a name"),
        ({"scope": "everybody"}, "scope is 'everybody'"),
        (
            {"type": int, "default": "many"},
            "the default 'many' does not fit its type: Input should be a valid",
        ),
        ({"type": object()}, "pydantic cannot validate the type"),
        ({"secret": True, "default": "hunter2"}, "a secret has a default"),
    ],
)
def test_a_variable_that_cannot_be_is_refused_where_it_is_written(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(errors.InvalidDefinition, match=said) as caught:
        Variable(**{"variable_id": ID, "name": "api_url", **wrong})
    assert str(caught.value.facts["where"]).startswith(__file__)
    assert "hunter2" not in str(caught.value)


def test_a_malformed_id_is_refused_with_its_place() -> None:
    with pytest.raises(errors.MalformedId, match=r"test_variables\.py:\d+: Variable\.variable_id"):
        Variable("API_URL", "api_url")


@pytest.mark.parametrize("second", [(ID, "other"), (OTHER_ID, "api_url")])
def test_ids_and_names_are_unique_in_a_package(second: tuple[str, str]) -> None:
    @define_package
    def package(pkg: Any) -> None:
        pkg.package_id = ID
        pkg.variables = [Variable(ID, "api_url"), Variable(*second)]

    with pytest.raises(errors.DuplicateId, match="variable"):
        package.evaluate("notes", "1.0.0")


@pytest.mark.parametrize("wrong", ["api_url", 7, ["api_url"], [Server]])
def test_what_is_no_list_of_variables_is_refused(wrong: object) -> None:
    @define_package
    def package(pkg: Any) -> None:
        pkg.package_id = ID
        pkg.variables = wrong

    with pytest.raises(errors.InvalidDefinition, match=r"pkg\.variables"):
        package.evaluate("notes", "1.0.0")
