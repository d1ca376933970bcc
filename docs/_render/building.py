"""What MkDocs calls while it builds the site (`hooks` in mkdocs.yml)."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from docs._render import error_pages

_FENCE = re.compile(r"^( *)(```+).*?^\1\2$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(?P<before>### )(?P<said>(?P<code>[PW]\d{4}) \w+)$", re.MULTILINE)
_MENTION = re.compile(r"(?P<before>)(?<!\[)(?P<said>`(?P<code>[PW]\d{4})`)")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Adds the page of each error; they are reached from the list of errors, and not from the navigation."""
    for path, text in error_pages.pages().items():
        files.append(File.generated(config, path, content=text, inclusion=InclusionLevel.NOT_IN_NAV))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Leads from each code of an error to its page."""
    return linked(markdown, page.file.src_uri)


def linked(markdown: str, path: str) -> str:
    """The text of the page at `path`, its codes being links where it is prose."""
    done, parts = 0, list[str]()
    for fence in _FENCE.finditer(markdown):
        parts += [_prose(markdown[done : fence.start()], path), fence.group()]
        done = fence.end()
    return "".join([*parts, _prose(markdown[done:], path)])


def _prose(text: str, path: str) -> str:
    def link(match: re.Match[str]) -> str:
        target = error_pages.path_of(match["code"])
        if target == path or target not in error_pages.pages():
            return match[0]
        return f"{match['before']}[{match['said']}]({posixpath.relpath(target, posixpath.dirname(path))})"

    if path == "reference/errors.md":
        text = _HEADING.sub(link, text)
    return _MENTION.sub(link, text)
