"""The tree of errors."""

from __future__ import annotations

import pickle

import pytest

from peers_runtime.base import errors


def classes(root: type[errors.PeersError] = errors.PeersError) -> list[type[errors.PeersError]]:
    return [root, *(found for child in root.__subclasses__() for found in classes(child))]


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling_with_its_facts(kind: type[errors.PeersError]) -> None:
    error = kind("something is wrong", hint="peers doctor", package="notes")
    again = pickle.loads(pickle.dumps(error))  # made one line above
    assert (type(again), again.message, again.hint, again.facts, str(again)) == (
        kind,
        "something is wrong",
        "peers doctor",
        {"package": "notes"},
        f"something is wrong [{kind.code}]\n  help: peers doctor",
    )


def test_an_undeclared_import_can_be_caught_as_a_missing_module() -> None:
    with pytest.raises(ModuleNotFoundError):
        raise errors.UndeclaredImport("notes imports numpy")


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.UnknownTool, KeyError),
        (errors.UnknownTable, KeyError),
        (errors.UnknownHook, AttributeError),
    ],
)
def test_what_a_lookup_does_not_find_is_pythons_own_error_with_our_words(
    kind: type[errors.PeersError], builtin: type[Exception]
) -> None:
    with pytest.raises(builtin) as caught:
        raise kind("nothing here", hint="look there")
    assert str(caught.value) == f"nothing here [{kind.code}]\n  help: look there"
