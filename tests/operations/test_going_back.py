"""A component goes back to what was published of it: its own files, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.model.components import Restored
from tests.operations.going_back_parts import (
    FILES,
    HOME,
    IDS,
    LISTED,
    everything,
    packed_twice,
    states,
    text,
    write,
)
from tests.world import an_id


@pytest.fixture
def folder(runtime: Runtime, tmp_path: Path) -> Path:
    """A project of which Home was published as 1 and 2, and Card as 1."""
    return packed_twice(runtime, tmp_path)


# ── what becomes of the files ────────────────────────────────────────────────────────────────────


def test_a_component_rolled_back_is_modified_and_the_next_package_gives_it_the_next_number(
    runtime: Runtime, folder: Path, tmp_path: Path
) -> None:
    found = runtime.components.rollback("Home", path=folder)
    assert found == Restored(
        id=IDS["Home"],
        name="Home",
        type="view",
        status=found.status,
        number=1,
        version="1.0.0",
        project=str(folder),
        restored=("notes/home/screen.py",),
        written=True,
    )
    assert found.status == "modified"
    assert text(folder, "home/screen.py") == HOME.format("first")
    assert states(runtime, folder) == {"Card": ("published", 1), "Home": ("modified", 2)}
    pyproject = folder / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("1.1.0", "1.2.0"))
    grown = runtime.pack(folder, out=tmp_path).version_increments
    assert {each: (one.from_, one.to) for each, one in grown.items()} == {IDS["Home"]: (2, 3)}
    published = runtime.components.history("Home")
    assert published[0].content_digest == published[2].content_digest != published[1].content_digest


@pytest.mark.parametrize("name", ["Home", IDS["Home"], "notes.Home", f"notes.{IDS['Home']}"])
def test_what_was_changed_of_a_component_is_discarded(runtime: Runtime, folder: Path, name: str) -> None:
    before = everything(folder)
    write(
        folder,
        "1.1.0",
        {
            "home/screen.py": "from notes.home import more\ndef show(props, ctx): pass\n",
            "home/more.py": "from notes.home.deep import deeper\n",
            "home/deep/deeper.py": "",
            "home/logo.svg": "<svg>edited</svg>",
            "home/parts.py": None,
            "card.py": "def show(props, ctx):\n    return 'edited'\n",
        },
    )
    found = runtime.components.discard(name, folder)
    assert found.status == "published"
    assert found.restored == ("notes/home/logo.svg", "notes/home/parts.py", "notes/home/screen.py")
    assert found.removed == ("notes/home/deep/deeper.py", "notes/home/more.py")
    assert (found.left, found.remarks) == ((), ())
    assert states(runtime, folder) == {"Card": ("modified", 1), "Home": ("published", 2)}
    after = everything(folder)
    assert {path for path in before | after if before.get(path) != after.get(path)} == {"notes/card.py"}
    assert not (folder / "notes" / "home" / "deep").exists()


def test_a_component_goes_back_to_the_number_that_is_named(
    runtime: Runtime, folder: Path, tmp_path: Path
) -> None:
    runtime.pack(write(folder, "1.2.0", {"home/screen.py": HOME.format("third")}), out=tmp_path)
    for number, shows, status in ((1, "first", "modified"), (3, "third", "published")):
        found = runtime.components.rollback("Home", number, folder)
        assert (found.number, found.status) == (number, status)
        assert text(folder, "home/screen.py") == HOME.format(shows)
    assert runtime.components.rollback("Home", path=folder).number == 2


def test_what_is_as_it_was_published_stays(runtime: Runtime, folder: Path) -> None:
    before = everything(folder)
    found = runtime.components.discard("Card", folder)
    assert (found.restored, found.removed, found.written) == ((), (), False)
    assert found.status == "published"
    assert everything(folder) == before


@pytest.mark.parametrize("act", ["rollback", "discard"])
def test_a_dry_run_says_what_then_happens_and_writes_nothing(
    runtime: Runtime, folder: Path, act: str
) -> None:
    write(folder, "1.1.0", {"home/screen.py": "import notes.home.more\n", "home/more.py": ""})
    before = everything(folder)
    dry = getattr(runtime.components, act)("Home", path=folder, dry_run=True)
    assert everything(folder) == before
    assert not dry.written
    done = getattr(runtime.components, act)("Home", path=folder)
    assert done == dry.model_copy(update={"written": True})
    assert everything(folder) != before


def test_a_component_that_was_deleted_comes_back_as_far_as_its_files(
    runtime: Runtime, folder: Path, tmp_path: Path
) -> None:
    write(folder, "1.1.0", dict.fromkeys(("home/screen.py", "home/parts.py")), {"Card": LISTED["Card"]})
    found = runtime.components.discard("Home", folder)
    assert found.status == "deleted"
    assert found.restored == ("notes/home/parts.py", "notes/home/screen.py")
    assert found.remarks == ("notes.uis does not list it, and is not rewritten: list it there again",)
    listed = text(write(tmp_path / "listed"), "uis.py")
    (folder / "notes" / "uis.py").write_text(listed)
    assert states(runtime, folder)["Home"] == ("published", 2)


def test_files_keep_their_modes(runtime: Runtime, folder: Path) -> None:
    path = folder / "notes" / "home" / "screen.py"
    path.chmod(0o775)
    runtime.components.rollback("Home", path=folder)
    assert path.stat().st_mode & 0o777 == 0o775


# ── what is shared ───────────────────────────────────────────────────────────────────────────────


def test_what_another_component_uses_is_left_and_named(runtime: Runtime, folder: Path) -> None:
    write(folder, "1.1.0", {"shared.py": "LINE = 2\n"})
    found = runtime.components.discard("Home", folder)
    assert found.restored == ("notes/home/screen.py",)
    assert found.left == ("notes/shared.py",)
    assert found.status == "modified"
    assert [remark.partition(":")[0] for remark in found.remarks] == ["it is not what was published"]
    assert text(folder, "shared.py") == "LINE = 2\n"


SHARING: Mapping[str, Mapping[str, str]] = {
    "a tool": {
        "tools.py": f"""
            from notes.home import parts
            from peers_runtime import tool
            from pydantic import BaseModel
            class Nothing(BaseModel): pass
            @tool(tool_id={an_id("tool")!r}, usage="nothing")
            def nothing(args: Nothing, ctx) -> None: pass
            """,
    },
    "the routes": {
        "routes.py": f"""
            from peers_runtime import Route
            from notes.home import parts
            routes = [Route(peers_ui_id={IDS["Home"]!r}, path="notes")]
            """,
    },
    "the list of uis": {"head": "from notes.home import parts"},
    "the definition": {"definition": "from notes.home import parts"},
}


@pytest.mark.parametrize("who", SHARING)
def test_what_the_rest_of_the_package_uses_is_left_and_named(
    runtime: Runtime, folder: Path, who: str
) -> None:
    more = dict(SHARING[who])
    head, definition = more.pop("head", ""), more.pop("definition", "")
    if "tools.py" in more:
        contract = an_id("contract")
        definition = f"from notes import tools\npkg.contract({contract!r}, 1, 'N').tools = [tools.nothing]"
    files = {**more, "home/parts.py": "PART = 2\n", "home/screen.py": HOME.format("edited")}
    write(folder, "1.1.0", files, head=head, definition=definition)
    found = runtime.components.discard("Home", folder)
    assert found.left == ("notes/home/parts.py",)
    assert found.restored == ("notes/home/screen.py",)
    assert found.status == "modified"
    assert text(folder, "home/parts.py") == "PART = 2\n"


def test_that_the_definition_imports_a_component_to_list_it_makes_nothing_shared(
    runtime: Runtime, tmp_path: Path
) -> None:
    folder, head = tmp_path / "notes", "from notes.home import screen"
    listed = {"Home": "content=screen.show", "Card": LISTED["Card"]}
    runtime.pack(write(folder, listed=listed, head=head), out=tmp_path)
    write(folder, listed=listed, head=head, files={"home/__init__.py": "X = 1", "home/screen.py": HOME})
    found = runtime.components.discard("Home", folder)
    assert found.restored == ("notes/home/__init__.py", "notes/home/screen.py")
    assert found.status == "published"


def test_another_entry_of_the_definition_is_told_and_not_rewritten(runtime: Runtime, folder: Path) -> None:
    listed = {**LISTED, "Home": "content='notes.home.other:show', type='layout'"}
    write(folder, "1.1.0", {"home/other.py": "def show(props, ctx): pass", "home/screen.py": None}, listed)
    uis = text(folder, "uis.py")
    found = runtime.components.discard("Home", folder)
    assert found.restored == ("notes/home/screen.py",)
    assert (found.removed, found.status) == ((), "modified")
    assert found.left == ("notes/home/other.py",)
    assert found.remarks[0] == (
        "notes.uis lists it otherwise than then, and is not rewritten: other assets, reference, type"
    )
    assert text(folder, "uis.py") == uis


def test_a_new_asset_that_is_still_bound_stays(runtime: Runtime, folder: Path) -> None:
    listed = {**LISTED, "Home": "content='notes.home.screen:show', assets=('home/logo.svg', 'home/new.svg')"}
    write(folder, "1.1.0", {"home/new.svg": "<svg/>", "home/screen.py": HOME.format("second")}, listed)
    found = runtime.components.discard("Home", folder)
    assert (found.restored, found.removed, found.left) == ((), (), ("notes/home/new.svg",))
    assert (folder / "notes" / "home" / "new.svg").exists()


def test_what_others_would_only_now_import_is_not_brought_back(
    runtime: Runtime, folder: Path, tmp_path: Path
) -> None:
    card = "try:\n    from notes.home import parts\nexcept ImportError:\n    parts = None\n"
    write(folder, "1.1.0", {"card.py": card + FILES["card.py"], "home/parts.py": None})
    before = states(runtime, folder)["Card"]
    found = runtime.components.discard("Home", folder)
    assert found.left == ("notes/home/parts.py",)
    assert found.status == "modified"
    assert not (folder / "notes" / "home" / "parts.py").exists()
    assert states(runtime, folder)["Card"] == before


def test_a_module_that_became_a_package_becomes_a_module_again(runtime: Runtime, folder: Path) -> None:
    files = {
        "home/screen.py": None,
        "home/screen/__init__.py": "from notes.home.screen.lines import show\n",
        "home/screen/lines.py": "def show(props, ctx): pass\n",
    }
    write(folder, "1.1.0", files)
    found = runtime.components.discard("Home", folder)
    assert found.restored == ("notes/home/screen.py",)
    assert found.removed == ("notes/home/screen/__init__.py", "notes/home/screen/lines.py")
    assert found.status == "published"
    assert not (folder / "notes" / "home" / "screen").exists()


def test_what_lies_behind_a_link_is_left_and_named(runtime: Runtime, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("PART = 2\n")
    parts = folder / "notes" / "home" / "parts.py"
    parts.unlink()
    parts.symlink_to(outside)
    (folder / "notes" / "home" / "logo.svg").write_text("<svg>edited</svg>")
    (folder / "notes" / "copy.svg").symlink_to("home/logo.svg")
    found = runtime.components.rollback("Home", path=folder)
    assert found.restored == ("notes/home/screen.py",)
    assert found.left == ("notes/home/logo.svg", "notes/home/parts.py")
    assert (parts.is_symlink(), outside.read_text()) == (True, "PART = 2\n")
