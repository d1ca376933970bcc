"""The pages of the errors, one for each code; made when the site is built, and not kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import click

import peers_runtime
from docs._render import messages
from docs._render.source import ROOT
from peers_runtime.cli import failures
from peers_runtime.operations import explain
from peers_runtime.operations.explain import Explanation

DOCS = ROOT / "docs"
CODE = re.compile(r"\b[PW]\d{4}\b")


def path_of(code: str) -> str:
    """Where the page of a code is, below `docs`."""
    return f"reference/errors/{code}.md"


@cache
def pages() -> Mapping[str, str]:
    """The text of each page, by its path below `docs`."""
    known = list(explain.explanations().values())
    return {
        path_of(one.code): _page(one, before, after)
        for before, one, after in zip([None, *known], known, [*known[1:], None], strict=False)
    }


def _page(one: Explanation, before: Explanation | None, after: Explanation | None) -> str:
    return "\n\n".join(
        filter(
            None,
            (
                f"# {one.code} {one.name}",
                one.text,
                _facts(one),
                _example(one.code),
                _said(one),
                _met(one),
                _around(before, after),
            ),
        )
    )


def _facts(one: Explanation) -> str:
    rows = [("area", one.area), (f"`{one.family}`", one.move)]
    if one.kind is not None:
        also = [base.__name__ for base in one.kind.__mro__ if base.__module__ == "builtins"]
        also = [name for name in also if name not in {"Exception", "BaseException", "object"}]
        rows += [("is also", ", ".join(f"`{name}`" for name in also))] if also else []
        rows.append(("exit code of `peers`", str(failures.exit_code_of(one.kind))))
        if one.name in peers_runtime.__all__:
            rows.append(("in Python", f"`from peers_runtime import {one.name}`"))
        rows.append(("source", f"`{one.kind.__module__.replace('.', '/')}.py`"))
    rows.append(("on a terminal", f"`peers explain {one.code}`"))
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _example(code: str) -> str:
    """What a command printed: from an example of the documentation, which the tests run."""
    printed = re.compile(rf"^(error|warning)\[{code}\]: (?!\.\.\.).+(\n(?!```|\$ ).+){{2,}}", re.MULTILINE)
    for path, title in _mentions().get(code, {}).items():
        if found := printed.search((DOCS / path).read_text(encoding="utf-8")):
            return f"For example, in [{title}](../../{path}):\n\n```text\n{found.group()}\n```"
    return ""


def _said(one: Explanation) -> str:
    """What is printed, at each place that makes the error; `<name>` stands for a value."""
    said = messages.by_error().get(one.name, ()) if one.kind is not None else ()
    if one.kind is None or not said:
        return ""
    parts = ["## What it says", "`<name>` and `…` stand for what is known only then."]
    for message in said:
        if message.listed:
            printed = "\n".join(
                filter(None, (f"{one.code} …: {message.text}", message.hint.strip(messages.UNKNOWN)))
            )
        else:
            printed = click.unstyle(failures.text(one.kind(message.text, hint=message.hint)))
        where = f"`{message.module}`" + (", listed by `peers doctor`" if message.listed else "")
        parts.append(f"From {where}:\n\n```text\n{printed}\n```")
    return "\n\n".join(parts)


def _met(one: Explanation) -> str:
    lines = [f"- [{title}](../../{path})" for path, title in _mentions().get(one.code, {}).items()]
    return "\n".join(["## Where it is met", "", *lines]) if lines else ""


def _around(before: Explanation | None, after: Explanation | None) -> str:
    links = [
        f"[← {before.code} {before.name}]({before.code}.md)" if before else "",
        "[all errors](../errors.md)",
        f"[{after.code} {after.name} →]({after.code}.md)" if after else "",
    ]
    return " · ".join(filter(None, links)) + "\n"


@cache
def _mentions() -> Mapping[str, Mapping[str, str]]:
    """The pages that speak of each code, by path, with their titles; not those that list all of them."""
    found: dict[str, dict[str, str]] = {}
    for path in _documents():
        text = path.read_text(encoding="utf-8")
        title = text.partition("\n")[0].removeprefix("# ").replace("`", "")
        for code in CODE.findall(text):
            found.setdefault(code, {})[path.relative_to(DOCS).as_posix()] = title
    return found


def _documents() -> Iterator[Path]:
    for folder in ("tutorial", "how-to", "explanation"):
        yield from sorted((DOCS / folder).glob("*.md"))
