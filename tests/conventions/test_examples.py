"""The examples in README and docs run, each document from top to bottom in a folder of its own.

- A `python` block is executed; blocks of one document share their names, `>>>` blocks are doctests.
- A block with a title (```` ```toml title="notes/pyproject.toml" ````) is written to that file.
- A `console` block runs the lines after `$ `; what stands below a line is what it prints, where `...`
  stands for anything. A command may fail only when the document shows its `error[...]` line.
- Anything else is not run; nor is the block after the comment `<!--- skip: next -->`.
"""

from __future__ import annotations

import doctest
import gc
import os
import re
import shlex
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil import Document, Example
from sybil.example import SybilFailure
from sybil.parsers.abstract import AbstractCodeBlockParser
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer, RawFencedCodeBlockLexer

from tests import package_index as loopback
from tests import warm
from tests.wheels import wheel

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("README.md"), *(ROOT / "docs").rglob("*.md")])
FOLDERS = ("peers_runtime", "peers_packages", "sample_packages", "tests", "docs", "benchmarks")
ELSEWHERE = {  # Markdown that is no documentation, with the reason why its examples are not run
    "CHANGELOG.md": "says what was new",
    "CONTRIBUTING.md": "its commands are the ones of the Makefile",
    "peers_runtime/web/static/vendor/README.md": "says where others' files come from",
}
NOT_RUN = {  # the first line of each block that is not run, with the reason
    "$ peers dev sample_packages/notes-2 --context acme": "runs until a key is pressed",
    "$ peers serve": "runs until a key is pressed",
    "from distributed import Client": "needs a cluster; tests/host/test_executors.py has one",
    "from hypercorn.asyncio import serve": (
        "serves until a signal comes; tests/web/test_servers.py does so until it is told"
    ),
    "make demo     # two versions of one package, side by side on the terminal; then the console, until q": (
        "made by a fresh checkout"
    ),
    "python3 -m venv .venv": "makes an environment; the tests have theirs",
    "runtime = Runtime.open(": "needs a server; the tests of catalogs start one",
    'runtime = Runtime.open("home", data="postgresql+psycopg://peers@db.example/rows")': (
        "needs a server; the tests of tables start one"
    ),
}
CODE = {"python", "py", "pycon", "console", "sh", "shell", "bash", "doctest"}  # what a reader may want to run
PATIENCE_S = 120
_PLAIN = re.compile(r"""peers( +([\w@%+=:,./-]|'[^']*'|"[^"$`\\]*")+)+""")
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Console(AbstractCodeBlockParser):
    """Runs `$ command` lines in the current folder and compares what they print."""

    language = "console"

    def __init__(self) -> None:
        super().__init__([FencedCodeBlockLexer(language="console", mapping=_MAPPING)])

    def evaluate(self, example: Example) -> str | None:
        told = re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n?)*)", example.parsed, re.MULTILINE)
        if not told:
            return "a console block needs a line that starts with `$ `"
        for command, expected in told:
            code, said = _run(command)
            if code and "error[" not in expected:
                return f"$ {command}\nfailed with exit code {code}:\n{said}"
            if not doctest.OutputChecker().check_output(expected, said, _FLAGS):
                return f"$ {command}\nshould print:\n{expected}\nbut prints:\n{said}"
        return None


def _run(command: str) -> tuple[int, str]:
    """Exit code and what is said. A shell has nothing to add to `peers` and plain words."""
    if _PLAIN.fullmatch(command):
        words = shlex.split(command)[1:]
        ran = warm.parent().run(words, "", os.environ, Path.cwd(), PATIENCE_S, is_script=True)
        if ran is not None:
            return ran[:2]
    run = subprocess.run(
        command, shell=True, stdout=-1, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE_S, check=False
    )
    return run.returncode, run.stdout


class TitledFile:
    """Writes a block with a title to the file that the title names."""

    def __call__(self, document: Document):
        info = re.compile(r'\w+ title="(?P<title>[^"]+)"$\n', re.MULTILINE)
        for region in RawFencedCodeBlockLexer(info)(document):
            region.parsed = (region.lexemes["title"], region.lexemes["source"])
            region.evaluator = self.evaluate
            yield region

    def evaluate(self, example: Example) -> None:
        title, source = example.parsed
        path = Path(title)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")


_MAPPING = {"language": "arguments", "source": "source"}
_BLOCK = re.compile(
    r"^( *)(?P<fence>```+)(?P<language>\w*).*\n(?P<code>(?:.*\n)*?)\1(?P=fence)$", re.MULTILINE
)


def parsed(document: Path) -> Document:
    parsers = [PythonCodeBlockParser(doctest_optionflags=_FLAGS), Console(), TitledFile(), SkipParser()]
    found = Document.parse(str(document), *parsers)
    found.namespace["__name__"] = "__main__"  # as where somebody types them; Litestar asks for it
    return found


def run_examples(document: Path, folder: Path) -> None:
    for example in parsed(document):
        example.evaluate()


def not_run(document: Path) -> list[str]:
    """The first lines of the blocks of code that nothing runs: of no known kind, or skipped."""
    text = document.read_text(encoding="utf-8")
    examples = [(example.start, example.end) for example in parsed(document).examples()]
    missed = []
    for block in _BLOCK.finditer(text):
        if block["language"] in CODE:
            is_run = any(start < block.end() and block.start() < end for start, end in examples)
            is_skipped = text[: block.start()].rstrip().endswith("<!--- skip: next -->")
            if is_skipped or not is_run:
                missed.append(block["code"].partition("\n")[0].strip())
    return missed


@pytest.fixture(scope="module")
def index() -> Iterator[loopback.Index]:
    """What pip asks: the distributions that documents speak of."""
    with loopback.running() as index:
        for version in ("2.13.0", "3.0.4"):
            index.add(wheel("semver", version, {"semver/__init__.py": f"__version__ = {version!r}\n"}))
        yield index


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: loopback.Index) -> Path:
    """The current folder, with the samples in it and a home for `peers` beside it."""
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    if (samples := ROOT / "sample_packages").is_dir():
        shutil.copytree(samples, tmp_path / "work" / "sample_packages")
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    monkeypatch.chdir(work)
    monkeypatch.setenv("PEERS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return work


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_examples_of_a_document_run(document: Path, folder: Path) -> None:
    run_examples(document, folder)
    with warnings.catch_warnings():  # what an example leaves open is gone before the next test
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def test_all_markdown_is_documentation_whose_examples_run_or_is_named() -> None:
    there = [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))]
    assert {path.relative_to(ROOT).as_posix() for path in there if path not in DOCUMENTS} == set(ELSEWHERE)


def test_every_block_of_code_is_run_or_named_with_a_reason() -> None:
    missed = {line for document in DOCUMENTS for line in not_run(document)}
    assert missed == set(NOT_RUN)


@pytest.mark.parametrize(
    "unseen",
    ["```py\nassert 1\n```\n", "```sh\nls\n```\n", "<!--- skip: next -->\n```python\nassert 1\n```\n"],
)
def test_a_block_that_nothing_runs_is_seen(unseen: str, tmp_path: Path) -> None:
    document = tmp_path / "unseen.md"
    document.write_text(f"```python\nnumber = 1\n```\n\n{unseen}", encoding="utf-8")
    assert len(not_run(document)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "```python\nassert 1 == 2\n```\n",
        "```python\n>>> 1 + 1\n3\n```\n",
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ exit 1\n```\n",
        "```console\necho one\n```\n",
        '```text title="told.txt"\none\n```\n\n```console\n$ cat told.txt\ntwo\n```\n',
    ],
)
def test_a_wrong_example_is_seen(wrong: str, folder: Path) -> None:
    document = folder / "wrong.md"
    document.write_text(wrong, encoding="utf-8")
    with pytest.raises((SybilFailure, AssertionError)):
        run_examples(document, folder)


def test_a_right_document_passes_and_what_is_illustrative_is_not_run(folder: Path) -> None:
    document = folder / "right.md"
    document.write_text(
        '```python title="told/one.py"\nword = "one"\n```\n\n'
        "```python\nnumber = 2\n```\n\n```python\n>>> number\n2\n```\n\n"
        "```console\n$ cat told/one.py\nword = ...\n$ echo 'error[P0201]: no'; exit 1\n"
        "error[P0201]: ...\n```\n\n"
        "<!--- skip: next -->\n```python\nraise SystemExit\n```\n\n```toml\n= not toml\n```\n",
        encoding="utf-8",
    )
    run_examples(document, folder)
