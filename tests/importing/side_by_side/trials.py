"""Which distributions are tried, each in an old and a new version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

USES = Path(__file__).with_name("uses")


@dataclass(frozen=True)
class Trial:
    """Two versions of one distribution, to be used side by side; `uses/NAME.py` says what for.

    What else a version needs is found out, unless `beside` names it: where something is `shared` with the
    host, of which there is no pure wheel to be found. `remark` is for the reader of the page.
    """

    name: str
    versions: tuple[str, str]
    shared: tuple[str, ...] = ()
    beside: Mapping[str, str] | None = field(default=None, hash=False)  # by version: requirements, spaced
    remark: str = ""
    expected: Literal["works", "in part", "fails", "refused"] = "works"

    @property
    def use(self) -> str:
        """The name of a file in `USES`."""
        return f"{self.name.replace('-', '_')}.py"

    def needs(self, version: str) -> list[str] | None:
        """What is to be fetched with a version; None to have that found out."""
        return None if self.beside is None else self.beside.get(version, "").split()


def called(name: str) -> Trial:
    """The trial of a distribution; KeyError when there is none."""
    return {each.name: each for each in TRIALS}[name]


TRIALS = (
    Trial("anyio", ("3.0.0", "4.16.0")),
    Trial("arrow", ("0.15.8", "1.4.0")),
    Trial("attrs", ("20.3.0", "26.1.0")),
    Trial("babel", ("2.9.1", "2.19.0"), remark="Its locale data are pickles that name its classes."),
    Trial("beautifulsoup4", ("4.9.3", "4.15.0")),
    Trial("black", ("22.1.0", "26.10.1")),
    Trial("bleach", ("3.3.1", "6.4.0")),
    Trial("boltons", ("20.0.0", "26.2.0")),
    Trial("cachetools", ("3.1.1", "8.0.2")),
    Trial("certifi", ("2020.12.5", "2026.10.19.post1")),
    Trial("chardet", ("3.0.4", "7.7.0")),
    Trial("chevron", ("0.13.1", "0.14.0")),
    Trial("click", ("7.1.2", "8.5.1")),
    Trial("colorama", ("0.3.9", "0.4.6")),
    Trial("deepdiff", ("5.0.2", "9.0.0")),
    Trial("docutils", ("0.16", "0.23")),
    Trial("faker", ("8.0.0", "40.63.0")),
    Trial("fastapi", ("0.68.0", "0.125.0"), remark="With pydantic 1, which is pure, as another private one."),
    Trial("flake8", ("6.0.0", "7.5.0")),
    Trial(
        "flask",
        ("2.0.3", "3.1.3"),
        shared=("markupsafe",),
        beside={
            "2.0.3": "click==8.0.4 itsdangerous==2.0.1 jinja2==3.0.3 werkzeug==2.0.3",
            "3.1.3": "blinker==1.9.0 click==8.5.1 itsdangerous==2.2.0 jinja2==3.1.6 werkzeug==3.1.9",
        },
    ),
    Trial("googleapis-common-protos", ("1.53.0", "1.76.0")),
    Trial("graphql-core", ("3.0.6", "3.3.2")),
    Trial("h11", ("0.9.0", "0.16.0")),
    Trial("httpx", ("0.23.3", "0.28.1")),
    Trial("humanize", ("4.0.0", "4.17.0")),
    Trial("hypothesis", ("6.60.0", "6.155.7")),
    Trial("idna", ("2.10", "3.20")),
    Trial("importlib-metadata", ("4.0.1", "10.2.0")),
    Trial("isort", ("5.6.4", "9.0.2")),
    Trial("itsdangerous", ("1.1.0", "2.2.0")),
    Trial("jaraco-collections", ("3.5.2", "5.2.1")),
    Trial(
        "jedi",
        ("0.19.1", "0.20.1"),
        remark=(
            "In this process only (`InterpreterEnvironment`): its other environments are processes, which "
            "cannot read pickles that name classes of a realm. Nor can another Python read its cache: give "
            "it a folder of its own."
        ),
    ),
    Trial("jinja2", ("3.0.3", "3.1.6"), shared=("markupsafe",), beside={}),
    Trial("jmespath", ("0.9.5", "1.1.0")),
    Trial("jsonschema", ("4.0.0", "4.17.3"), remark="The last versions without rpds, which is compiled."),
    Trial("lark", ("1.0.0", "1.3.1")),
    Trial("loguru", ("0.5.3", "0.7.3")),
    Trial("mako", ("1.2.0", "1.4.3"), shared=("markupsafe",), beside={}),
    Trial("markdown", ("3.4.1", "3.11.3")),
    Trial("markdown-it-py", ("1.0.0", "4.3.0")),
    Trial("marshmallow", ("3.15.0", "4.4.0")),
    Trial("mistune", ("0.8.4", "3.4.0")),
    Trial("more-itertools", ("5.0.0", "11.2.1")),
    Trial("networkx", ("2.6.3", "3.7")),
    Trial("openpyxl", ("3.0.10", "3.1.5")),
    Trial("packaging", ("21.3", "26.4")),
    Trial("parso", ("0.8.4", "0.8.7")),
    Trial("phonenumbers", ("8.10.0", "9.0.43")),
    Trial("pip", ("23.3.2", "26.3"), remark="As a library. What it installs goes where the process runs."),
    Trial("pluggy", ("0.13.1", "1.7.0")),
    Trial("prettytable", ("3.0.0", "3.18.0")),
    Trial("prompt-toolkit", ("2.0.10", "3.0.53")),
    Trial("protobuf", ("3.20.3", "7.36.2"), remark="The pure wheel; an index has compiled ones, too."),
    Trial("pycparser", ("2.20", "3.12")),
    Trial("pydantic", ("1.8.2", "1.10.24"), remark="Versions from 2 on need compiled pydantic-core."),
    Trial("pygments", ("2.5.2", "2.21.0")),
    Trial("pyjwt", ("1.7.1", "2.15.1")),
    Trial("pyparsing", ("2.4.7", "3.3.3")),
    Trial("pytest", ("7.4.4", "9.2.0"), remark="As a library, in a process of the host's."),
    Trial("python-dateutil", ("2.8.0", "4.0.0")),
    Trial("pytz", ("2018.9", "2026.6")),
    Trial("requests", ("2.25.1", "2.34.2")),
    Trial("rich", ("10.0.0", "15.0.0")),
    Trial("semver", ("2.13.0", "3.1.2")),
    Trial("simpy", ("3.0.11", "4.1.2")),
    Trial("six", ("1.16.0", "1.17.0")),
    Trial("sortedcontainers", ("2.0.5", "2.4.0")),
    Trial(
        "sphinx",
        ("7.3.7", "9.2.0"),
        shared=("markupsafe",),
        beside={
            "7.3.7": (
                "alabaster==0.7.16 babel==2.11.0 certifi==2020.12.5 charset-normalizer==3.4.0 docutils==0.19 "
                "idna==2.10 imagesize==1.4.1 jinja2==3.0.3 packaging==23.0 pygments==2.14.0 pytz==2018.9 "
                "requests==2.28.0 snowballstemmer==2.2.0 urllib3==1.26.20 sphinxcontrib-applehelp==1.0.8 "
                "sphinxcontrib-devhelp==1.0.6 sphinxcontrib-htmlhelp==2.0.5 sphinxcontrib-jsmath==1.0.1 "
                "sphinxcontrib-qthelp==1.0.7 sphinxcontrib-serializinghtml==1.1.10"
            ),
            "9.2.0": (
                "alabaster==1.0.0 babel==2.19.0 certifi==2026.10.19.post1 charset-normalizer==3.5.3 "
                "docutils==0.23 idna==3.20 imagesize==2.0.1 jinja2==3.1.6 packaging==26.4 pygments==2.21.0 "
                "requests==2.34.2 roman-numerals==4.1.0 snowballstemmer==3.1.1 urllib3==2.8.0 "
                "sphinxcontrib-applehelp==2.0.0 sphinxcontrib-devhelp==2.0.0 sphinxcontrib-htmlhelp==2.1.0 "
                "sphinxcontrib-jsmath==1.0.1 sphinxcontrib-qthelp==2.0.0 "
                "sphinxcontrib-serializinghtml==2.0.0"
            ),
        },
    ),
    Trial(
        "sqlalchemy",
        ("2.0.31", "2.1.9"),
        beside={"2.0.31": "typing-extensions==4.12.2", "2.1.9": "typing-extensions==4.16.0"},
        remark="The pure wheel, without greenlet, which is compiled: so nothing of `asyncio`.",
    ),
    Trial("sqlparse", ("0.2.4", "0.6.1")),
    Trial("starlette", ("0.20.0", "1.10.0")),
    Trial("structlog", ("20.1.0", "26.1.0")),
    Trial("sympy", ("1.9", "1.14.0")),
    Trial("tabulate", ("0.8.10", "0.10.0")),
    Trial("tenacity", ("8.0.1", "9.2.1")),
    Trial("tinydb", ("3.15.2", "4.9.0")),
    Trial("tomli", ("1.0.0", "2.5.0")),
    Trial("tomlkit", ("0.5.11", "0.15.2")),
    Trial(
        "toolz",
        ("0.11.1", "1.2.0"),
        remark="`tlz` makes its modules by an importer that compares what it is asked for with its own name.",
        expected="in part",
    ),
    Trial("traitlets", ("4.3.3", "5.16.1")),
    Trial("trio", ("0.25.0", "0.35.0")),
    Trial(
        "typer",
        ("0.4.0", "0.28.0"),
        beside={
            "0.4.0": "click==7.1.2",
            "0.28.0": (
                "annotated-doc==0.0.7 click==8.5.1 markdown-it-py==4.3.0 mdurl==0.1.2 pygments==2.21.0 "
                "rich==15.0.0 shellingham==1.5.4"
            ),
        },
    ),
    Trial(
        "tzdata",
        ("2020.1", "2026.6"),
        remark="By its files. `zoneinfo` is the host's, and looks at what the host has.",
    ),
    Trial("urllib3", ("1.26.20", "2.8.0")),
    Trial("wcwidth", ("0.1.9", "0.9.4")),
    Trial("werkzeug", ("2.0.3", "3.1.9"), shared=("markupsafe",), beside={}),
    Trial("wtforms", ("3.0.0", "3.3.2"), shared=("markupsafe",), beside={}),
    Trial("xlsxwriter", ("1.2.9", "3.3.1")),
    Trial("xmltodict", ("0.12.0", "1.0.4")),
    Trial(
        "django",
        ("5.2", "6.1.3"),
        remark="It compares a model's `__module__` with the names in `INSTALLED_APPS`.",
        expected="fails",
    ),
    Trial(
        "setuptools",
        ("70.0.0", "84.2.1"),
        remark="It puts a `distutils` of its own in the place of the process's.",
        expected="fails",
    ),
    Trial("lxml", ("5.3.0", "6.0.0"), expected="refused"),
    Trial("numpy", ("2.1.0", "2.3.0"), expected="refused"),
    Trial("pyyaml", ("6.0.2", "6.0.3"), expected="refused"),
)
