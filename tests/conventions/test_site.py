"""The documentation as a site: a page for each error, each page in the navigation, no broken link."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs._render import building, error_pages, messages
from peers_runtime.operations import explain

ROOT = Path(__file__).parents[2]
KNOWN = explain.explanations()
MKDOCS = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it: a warning is an error, which `--quiet` would not count."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert not built.returncode, built.stdout + built.stderr
    return folder


@pytest.mark.slow
def test_the_site_is_built_with_a_page_for_each_code_and_none_for_others(site: Path) -> None:
    assert {path.parent.name for path in site.glob("reference/errors/*/index.html")} == set(KNOWN)


@pytest.mark.slow
def test_a_code_anywhere_on_the_site_leads_to_its_page(site: Path) -> None:
    listed = (site / "reference" / "errors" / "index.html").read_text(encoding="utf-8")
    assert '<a href="P0203/">P0203 UINotContributed</a>' in listed
    met = (site / "how-to" / "embed-in-a-host" / "index.html").read_text(encoding="utf-8")
    assert '<a href="../../reference/errors/P0305/"><code>P0305</code></a>' in met


def test_the_page_of_an_error_says_what_is_printed_and_where_it_is_met() -> None:
    text = error_pages.pages()["reference/errors/P0203.md"]
    assert text.startswith("# P0203 UINotContributed\n\nA route names a `peers_ui_id`")
    assert "| `PackageError` | A package's author has something to mend. |" in text
    assert "| exit code of `peers` | 1 |" in text
    assert "error[P0203]: <routes_module>, route <position> (…) names the UI <peers_ui_id>, which" in text
    assert "  = help: add it to the list of UIs, or correct the id" in text
    assert "From `peers_runtime/contributions/definition.py`" in text
    assert "](P0202.md)" in text
    assert "](P0204.md)" in text


def test_an_error_page_shows_what_an_example_of_the_documentation_printed() -> None:
    text = error_pages.pages()["reference/errors/P0406.md"]
    assert "For example, in [Release a version, and take it back](../../how-to/release-a-version.md)" in text
    assert "to promote a version one must be Admin, the role held is Writer\n  = note: Policy" in text


@pytest.mark.parametrize("path", error_pages.pages())
def test_what_an_error_page_shows_is_of_that_error(path: str) -> None:
    code = path[-8:-3]
    text = error_pages.pages()[path]
    assert re.findall(r"^error\[(\w+)\]", text, re.MULTILINE).count(code) == text.count("\nerror[")
    for met in re.findall(r"\]\(\.\./\.\./([\w/-]+\.md)\)", text):
        assert code in (ROOT / "docs" / met).read_text(encoding="utf-8")


def test_nearly_every_error_shows_a_message() -> None:
    silent = {one.name for one in KNOWN.values() if one.kind and not messages.by_error().get(one.name)}
    assert len(silent) < len(KNOWN) / 10, silent


def test_codes_become_links_in_prose_and_not_in_code() -> None:
    text = "See `P0203` and `P9999`.\n\n```text\n`P0203`\n```\n\n[`P0203`](elsewhere.md)\n"
    assert building.linked(text, "how-to/one.md") == text.replace(
        "See `P0203`", "See [`P0203`](../reference/errors/P0203.md)"
    )


def test_an_error_page_does_not_lead_to_itself() -> None:
    text = "`P0203` and `P0204`"
    linked = building.linked(text, "reference/errors/P0203.md")
    assert linked == "`P0203` and [`P0204`](P0204.md)"


def test_the_readme_leads_to_every_page_of_the_site() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = re.findall(r"\b((?:tutorial|how-to|explanation|reference)/[\w-]+\.md)", MKDOCS)
    assert pages
    assert [page for page in pages if f"](docs/{page})" not in readme] == []
