"""What a hint looks like on a page: its commands as code, each with the page that does the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup, escape

from peers_runtime.web.addresses import Addresses

_COMMAND: Final = re.compile(
    r"`([^`]+)`|(?:(?<=: )|(?<=; )|(?<=then )|(?<=see )|(?<=, or )|^)(peers(?: (?!or,|then,)[^\s;,]+(?<!,))+)"
)
_ASIDE: Final = re.compile(r",? (?:as|or|and|then)\b.*")  # where a sentence goes on after the command
_CONTEXT: Final = re.compile(r" (?:--context|-c)[ =](\S+)")
_PAGES: Final[Mapping[str, tuple[str, str]]] = {  # the first word of a command: a section, and its name
    "list": ("packages", "Packages"),
    "install": ("install", "Install"),
    "contracts": ("contracts", "Contracts"),
    "graph": ("graph", "Graph"),
    "members": ("members", "Members"),
    "tools": ("tools", "Tools"),
    "tables": ("tables", "Tables"),
    "vars": ("variables", "Variables"),
    "workflows": ("runs", "Runs"),
    "doctor": ("diagnostics", "Diagnostics"),
}
_OF_PACKAGE: Final = frozenset(
    {"versions", "activate", "promote", "rollback", "follow", "pin", "unpin", "yank", "disable", "uninstall"}
)
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")  # of a package, and no place for one such as NAME


def shown(text: str, here: Addresses | None = None) -> Markup:
    """Everything in it is escaped. `here` is where the page is; without it, no link is given."""
    parts: list[Markup] = []
    end = 0
    for found in _COMMAND.finditer(text):
        quoted, bare = found.groups()
        command = quoted or _ASIDE.sub("", bare)
        parts.append(escape(text[end : found.start()]))
        parts.append(Markup("<code>{}</code>").format(command))
        if here is not None:
            parts.append(_link(command, here))
        end = found.end() if quoted else found.start() + len(command)
    return Markup("").join([*parts, escape(text[end:])])


def _link(command: str, here: Addresses) -> Markup:
    words = command.split()
    if words[0] != "peers" or len(words) < 2:
        return Markup("")
    other = _CONTEXT.search(command)
    there = here.of(other[1]) if other else here
    if words[1] in _PAGES:
        section, name = _PAGES[words[1]]
        to = there.at(section)
    elif words[1] in _OF_PACKAGE and len(words) > 2 and _NAME.fullmatch(words[2]):
        to, name = there.versions(words[2]), words[2]
    else:
        return Markup("")
    place = Markup(" in {}").format(there.context_id) if there.context_id != here.context_id else ""
    return Markup(' (<a href="{}">{}{}</a>)').format(to, name, place)
