"""What a component consists of, its status, and the number it gets when it is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.model.components import ComponentState, ComponentStatus, Increment, Publication
from peers_runtime.model.manifest import UIData
from peers_runtime.rules import components
from tests.rules.component_parts import CARD, FILES, HOME, manifest, publication

OF_HOME = {
    *("notes/__init__.py", "notes/ui/__init__.py", "notes/ui/home.py", "notes/ui/lines.py"),
    *("notes/deep/er.py", "notes/deep/est.py"),
}
OF_CARD = {
    *("notes/__init__.py", "notes/ui/__init__.py", "notes/ui/card.py", "notes/logo.svg"),
    *("notes/deep/er.py", "notes/deep/est.py"),
}


def contents(
    files: Mapping[str, str] = FILES, uis: tuple[UIData, ...] = (HOME, CARD)
) -> Mapping[str, components.Content]:
    return components.contents(manifest(files, uis), lambda path: files[path].encode())


def statuses(
    files: Mapping[str, str] = FILES,
    uis: tuple[UIData, ...] = (HOME, CARD),
    published: tuple[UIData, ...] = (HOME, CARD),
) -> dict[str, str]:
    """The status of each component by its name, when `published` were published of the files as they are."""
    last = {
        each: publication(each, 3, content_digest=one.digest, name=f"{each} as it was")
        for each, one in contents(uis=published).items()
    }
    found = components.states(manifest(files, uis), contents(files, uis), last)
    return {one.name: str(one.status) for one in found}


# ── content ──────────────────────────────────────────────────────────────────────────────────────


def test_a_component_consists_of_its_modules_what_they_import_and_its_assets() -> None:
    found = contents()
    assert found["u1"].files == OF_HOME
    assert found["u2"].files == OF_CARD


def test_a_ui_without_a_reference_lies_in_the_list_of_uis() -> None:
    found = contents(uis=(HOME.model_copy(update={"reference": None}),))
    assert found["u1"].files == {"notes/uis.py"} | OF_HOME


def test_the_module_of_the_model_of_its_props_belongs_to_a_component() -> None:
    found = contents(uis=(HOME.model_copy(update={"props_reference": "notes.store:Props"}),))
    assert found["u1"].files == {"notes/store.py"} | OF_HOME


def test_a_component_of_several_targets_consists_of_all_that_they_need() -> None:
    text = HOME.model_copy(update={"target": "text", "reference": "notes.store:text"})
    one, other = contents(uis=(HOME, text)), contents(uis=(text, HOME))
    assert one == other
    assert one["u1"].files == {"notes/store.py"} | OF_HOME
    assert one["u1"].digest != contents()["u1"].digest


# ── status ───────────────────────────────────────────────────────────────────────────────────────

SCHEMA = {"type": "object", "required": ["title"]}
# What is changed of the files and of what is said of Home, and the status that Home and Card have then.
CHANGES: list[tuple[dict[str, str], dict[str, Any], str, str]] = [
    ({}, {}, "published", "published"),
    ({"notes/ui/home.py": "from . import lines"}, {}, "modified", "published"),
    ({"notes/ui/lines.py": "# "}, {}, "modified", "published"),
    ({"notes/ui/card.py": "# "}, {}, "published", "modified"),
    ({"notes/logo.svg": "<svg />"}, {}, "published", "modified"),
    ({"notes/deep/est.py": "# "}, {}, "modified", "modified"),
    ({"notes/__init__.py": "# "}, {}, "modified", "modified"),
    ({"notes/package.py": "# "}, {}, "published", "published"),
    ({"notes/tools.py": "# "}, {}, "published", "published"),
    ({"notes/store.py": "# "}, {}, "published", "published"),
    ({"notes/uis.py": "# "}, {}, "published", "published"),
    ({"notes/readme.md": "# "}, {}, "published", "published"),
    ({"notes/more.py": ""}, {}, "published", "published"),
    ({"notes/ui/home.py": FILES["notes/ui/home.py"] + "\n"}, {}, "modified", "published"),
    ({}, {"name": "Start"}, "modified", "published"),
    ({}, {"type": "layout"}, "modified", "published"),
    ({}, {"target": "text"}, "modified", "published"),
    ({}, {"props_schema": SCHEMA}, "modified", "published"),
    ({}, {"reference": "notes.ui.home:other"}, "modified", "published"),
    ({}, {"assets": ("logo.svg",)}, "modified", "published"),
    ({}, {"peers_ui_id": "u3"}, "draft", "published"),
]


@pytest.mark.parametrize(("files", "said", "home", "card"), CHANGES)
def test_a_component_is_modified_when_something_of_it_changes(
    files: dict[str, str], said: dict[str, Any], home: str, card: str
) -> None:
    changed = HOME.model_copy(update=said)
    found = statuses({**FILES, **files}, (changed, CARD))
    assert (found[changed.name], found["Card"]) == (home, card)


def test_a_component_that_is_gone_from_the_tree_is_deleted_under_the_name_it_had() -> None:
    assert statuses(uis=(CARD,)) == {"Card": "published", "u1 as it was": "deleted"}


def test_what_was_never_published_is_a_draft() -> None:
    assert statuses(published=(CARD,)) == {"Home": "draft", "Card": "published"}


def test_the_last_published_version_is_the_one_with_the_greatest_number() -> None:
    other = publication("u2", 7)
    given = [publication(number=2), publication(number=10), other, publication(number=9)]
    assert components.latest(given) == {"u1": given[1], "u2": other}


def test_of_two_with_one_number_the_first_counts() -> None:
    first, second = publication(content_digest="1"), publication(content_digest="2")
    assert components.latest([first, second]) == {"u1": first}


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "number", "after", "grows"),
    [
        ("draft", None, 1, Increment(to=1)),
        ("modified", 1, 2, Increment(from_=1, to=2)),
        ("modified", 41, 42, Increment(from_=41, to=42)),
        ("published", 7, 7, None),
        ("deleted", 7, None, None),
    ],
)
def test_publishing_counts_what_has_changed(
    status: str, number: int | None, after: int | None, grows: Increment | None
) -> None:
    state = ComponentState(id="u1", name="Home", type="view", status=ComponentStatus(status), number=number)
    assert components.numbers([state]).get("u1") == after
    assert components.increments([state]).get("u1") == grows
    listed = components.status_changes([state])
    assert [name for name, ids in listed if ids == ("u1",)] == ([] if status == "deleted" else [status])


def test_a_draft_grows_from_nothing_in_json() -> None:
    assert Increment(to=1).wire() == {"to": 1}
    assert Increment(from_=1, to=2).wire() == {"from": 1, "to": 2}


def test_numbers_stand_in_the_manifest_and_leave_its_id() -> None:
    plain = manifest()
    numbered = components.numbered(plain, {"u1": 4})
    assert [(one.id, one.version) for one in numbered.components] == [("u1", 4), ("u2", None)]
    assert numbered.id == plain.id


def test_the_components_of_two_packages_are_compared_by_id_and_content() -> None:
    before = contents(uis=(HOME, CARD))
    after = contents(
        {**FILES, "notes/ui/card.py": "# "}, (CARD, HOME.model_copy(update={"peers_ui_id": "u3"}))
    )
    found = components.changes(before, after)
    assert (found.added, found.updated, found.deleted) == (("u3",), ("u2",), ("u1",))


# ── whatever there is ────────────────────────────────────────────────────────────────────────────

names = st.sampled_from("abcdefg")


def written(imports: Mapping[str, set[str]]) -> dict[str, str]:
    """A module of each name that imports the others named."""
    lines = {name: [f"import notes.{one}\n" for one in sorted(others)] for name, others in imports.items()}
    return {f"notes/{name}.py": "".join(text) for name, text in lines.items()}


trees = st.dictionaries(names, st.sets(names), min_size=1).map(written)


def uis_of(files: Mapping[str, str]) -> tuple[UIData, ...]:
    """A component for each second module."""
    modules = [path.removeprefix("notes/").removesuffix(".py") for path in sorted(files)][::2]
    return tuple(
        UIData(peers_ui_id=name, name=name, type="view", target="html", reference=f"notes.{name}:render")
        for name in modules
    )


@given(trees, st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(files: dict[str, str], random: Any) -> None:
    uis = uis_of(files)
    shuffled = list(files.items())
    random.shuffle(shuffled)
    assert contents(dict(shuffled), uis) == contents(files, uis) == contents(files, uis[::-1])


@given(trees, st.data())
def test_a_changed_byte_modifies_exactly_the_components_that_the_file_belongs_to(
    files: dict[str, str], data: Any
) -> None:
    uis = uis_of(files)
    path = data.draw(st.sampled_from(sorted(files)))
    before = contents(files, uis)
    after = contents({**files, path: files[path] + "# "}, uis)
    for each, content in before.items():
        assert (path in content.files) == (content.digest != after[each].digest)
        assert after[each].files == content.files


@given(trees)
def test_a_component_reaches_what_its_imports_lead_to_and_no_more(files: dict[str, str]) -> None:
    leads = {path: {f"notes/{line[13:]}.py" for line in text.splitlines()} for path, text in files.items()}
    for each, content in contents(files, uis_of(files)).items():
        found, todo = set[str](), [f"notes/{each}.py"]
        while todo:
            path = todo.pop()
            if path in leads and path not in found:
                found.add(path)
                todo += leads[path]
        assert content.files == found


states = st.lists(
    st.builds(
        lambda each, status, number: ComponentState(
            id=each, name=each, type="view", status=status, number=None if status == "draft" else number
        ),
        names,
        st.sampled_from(ComponentStatus),
        st.integers(1, 99),
    ),
    unique_by=lambda state: state.id,
)


@given(states)
def test_numbers_never_fall_and_what_is_published_again_has_the_next(found: list[ComponentState]) -> None:
    after, grows = components.numbers(found), components.increments(found)
    for state in found:
        if state.status is ComponentStatus.DELETED:
            assert state.id not in after
        else:
            changed = state.status is not ComponentStatus.PUBLISHED
            assert after[state.id] == (state.number or 0) + changed
            assert (state.id in grows) == changed


@given(trees)
def test_what_was_published_as_it_is_is_published(files: dict[str, str]) -> None:
    uis = uis_of(files)
    content = contents(files, uis)
    last: dict[str, Publication] = {
        each: publication(each, content_digest=one.digest) for each, one in content.items()
    }
    found = components.states(manifest(files, uis), content, last)
    assert {one.status for one in found} == {ComponentStatus.PUBLISHED}
    assert components.increments(found) == {}
