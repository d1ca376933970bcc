"""The fixtures as authors use them: pytest finds them by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from peers_runtime import InvalidInput, NoPackageThere, Runtime
from peers_runtime.testing.packages import Packages

ROOT = Path(__file__).parents[2]
BOARD = ROOT / "sample_packages" / "board"


def screen(shows: str) -> dict[str, str]:
    return {
        "routes.py": f"""
            from peers_runtime import Route
            routes = [Route(peers_ui_id="{ui_id()}", path="hello")]
            """,
        "uis.py": f"""
            from peers_runtime import UI
            uis = [UI(peers_ui_id="{ui_id()}", name="Hello", content="sample.ui:hello")]
            """,
        "ui.py": f"""
            def hello(props, ctx):
                return {shows}
            """,
    }


def ui_id() -> str:
    return "0" * 24 + "1"


def test_a_test_has_a_runtime_of_its_own(peers_runtime: Runtime) -> None:
    assert peers_runtime.packages() == []
    assert peers_runtime.actor == "author"


def test_a_package_of_strings_is_active(peers_package: Packages) -> None:
    sample = peers_package(screen("'<b>' + ctx.context_id"))
    assert (sample.name, sample.version) == ("sample", "1.0.0")
    assert sample.html("hello") == "&lt;b&gt;personal"
    assert sample.render("hello").content == "<b>personal"


def test_two_versions_of_strings_live_side_by_side(peers_package: Packages) -> None:
    old = peers_package(screen("'old'"))
    new = peers_package(screen("'new'"), version="2.0.0", context="acme")
    assert (old.html("hello"), new.html("hello")) == ("old", "new")
    assert old.installed.package_id == new.installed.package_id
    assert new.context.context_id == "acme"


def test_lines_of_a_definition_are_enough_for_a_tool(peers_package: Packages) -> None:
    tool_id = peers_package.id("tool")
    tools = f"""
        from pydantic import BaseModel
        from peers_runtime import tool

        class Name(BaseModel):
            name: str

        class Greeting(BaseModel):
            text: str

        @tool(tool_id="{tool_id}", usage="Greet")
        def greet(args: Name, ctx) -> Greeting:
            return Greeting(text=f"Hello {{args.name}}")
        """
    definition = f"""
        from greeter import tools
        main = pkg.contract("{peers_package.id("contract")}", 1, "Greeter")
        main.tools = [tools.greet]
        """
    greeter = peers_package({"tools.py": tools}, name="greeter", definition=definition)
    assert greeter.context.tools["greet"](name="Ada").text == "Hello Ada"
    with pytest.raises(InvalidInput):
        greeter.context.tools["greet"](nobody="Ada")


def test_a_folder_is_installed(peers_package: Packages, peers_runtime: Runtime) -> None:
    assert "Nobody hangs anything here." in peers_package(BOARD).html("board")
    assert [one.name for one in peers_runtime.packages()] == ["board"]


def test_a_ui_that_fails_fails_the_test(peers_package: Packages) -> None:
    sample = peers_package(screen("1 / 0"))
    said = r"hello shows an error: P0206 .*division by zero \(sample\.ui, line 3\)\nhelp: "
    with pytest.raises(AssertionError, match=said):
        sample.render("hello")


def test_html_that_cannot_be_made_fails_the_test_with_its_own_error(peers_package: Packages) -> None:
    page = """
            class Page:
                def __html__(self):
                    raise LookupError("no title")

            def hello(props, ctx):
                return Page()
            """
    sample = peers_package({**screen(""), "ui.py": page})
    with pytest.raises(LookupError, match="no title"):
        sample.html("hello")


def test_a_run_that_uses_no_fixture_imports_nothing_of_the_runtime(tmp_path: Path) -> None:
    test = tmp_path / "test_light.py"
    test.write_text(
        "import sys\n"
        "def test_light():\n"
        "    loaded = {name for name in sys.modules if name.startswith('peers_runtime')}\n"
        "    own = {'peers_runtime', 'peers_runtime.testing', 'peers_runtime.testing.plugin'}\n"
        "    assert loaded == own\n"
        "    assert not {'pydantic', 'sqlalchemy'} & set(sys.modules)\n"
    )
    words = ["-q", "-p", "no:cacheprovider", "-p", "no:npe2", "--rootdir", tmp_path, test]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout


def test_a_package_that_does_not_fit_is_refused_as_everywhere(peers_package: Packages) -> None:
    with pytest.raises(NoPackageThere, match="does not exist"):
        peers_package(ROOT / "nothing")


def test_a_test_outside_of_every_project_says_what_it_means(peers_runtime: Runtime, tmp_path: Path) -> None:
    packages = Packages(peers_runtime, tmp_path / "test_it.py", tmp_path)
    with pytest.raises(NoPackageThere, match=r"no folder above .* holds a pyproject.toml"):
        packages()


def test_the_project_is_the_nearest_above_the_test(peers_runtime: Runtime, tmp_path: Path) -> None:
    packages = Packages(peers_runtime, BOARD / "tests" / "test_board.py", tmp_path)
    assert packages().name == "board"
    assert packages("../hints").name == "hints"


TELLS = {
    "nothing is contributed": ('peers_package({"tools.py": "x = 1"})', "contributes nothing"),
    "code that fails": ('peers_package({"routes.py": "1 / 0"})', "ZeroDivisionError"),
    "no source": ("peers_package(5)", "peers_package was given 5, which is no source of a package"),
    "no texts": ('peers_package({"a.py": 5})', "peers_package was given a mapping with 5"),
}


@pytest.mark.parametrize("what", TELLS)
def test_a_package_that_is_refused_shows_the_tests_line_and_none_of_ours(what: str, tmp_path: Path) -> None:
    line, said = TELLS[what]
    test = tmp_path / "test_refused.py"
    test.write_text(f"def test_refused(peers_package):\n    {line}\n")
    words = ["-q", "-p", "no:cacheprovider", "-p", "no:npe2", "--rootdir", tmp_path, test]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert said in ran.stdout
    assert f">   {line}\n" in ran.stdout.replace(">       ", ">   ")
    assert "test_refused.py:2: " in ran.stdout
    assert "peers_runtime/operations" not in ran.stdout
    assert "TypeError" not in ran.stdout
    assert len(ran.stdout.splitlines()) < 60, ran.stdout
