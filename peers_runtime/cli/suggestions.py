"""The names that were probably meant, as the command to run next."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from peers_runtime.base import errors, ids

if TYPE_CHECKING:
    from peers_runtime import Runtime

_COMMAND = re.compile(r"\bpeers (?=--actor \S+ [a-z]|[a-z])")
_NEED_NO_HOME = ("completion", "demo", "explain", "id", "new", "test")
_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@\s]*@")
_ALIKE: Final = 0.8  # a slip of the fingers; less is another word, which may do anything

# what other tools call a command of ours that takes the same words, and what does it here in other words
_OUR_NAMES: Final = {
    "create": "new",
    "delete": "uninstall",
    "init": "new",
    "ls": "list",
    "remove": "uninstall",
    "rm": "uninstall",
}
_OUR_WAYS: Final = {
    "enable": "a package is switched on by a version: peers activate NAME VERSION",
    "run": "a tool: peers tools run NAME; a workflow: peers workflows run NAME; a project: peers dev FOLDER",
    "update": "a package: peers install SOURCE; what a project depends on: peers deps update",
    "upgrade": "a package: peers install SOURCE; what a project depends on: peers deps update",
}


@contextmanager
def added(runtime: Runtime, context: str, words: Sequence[str]) -> Generator[None]:
    """An error about an unknown context, package, version or tool leaves with the command that was meant."""
    try:
        yield
    except errors.UnknownContext as error:
        known = [one.context_id for one in runtime.contexts.list()]
        anew = f"peers contexts create {context} --kind group" if ids.is_context_id(context) else ""
        error.hint = _hint(words, context, known) or anew or "peers contexts list"
        raise
    except errors.UnknownPackage as error:
        error.hint = _hint_of(words, error, "package") or f"peers list -c {shlex.quote(context)}"
        raise
    except errors.UnknownVersion as error:
        error.hint = _hint_of(words, error, "version") or error.hint
        raise
    except errors.UnknownTool as error:
        known = [tool.name for tool in runtime.context(context).tools.list()]
        error.hint = _hint(words, _parameter("name"), known) or f"peers tools -c {shlex.quote(context)}"
        raise


def complete(hint: str, options: Mapping[str, str], commands: Collection[str]) -> str:
    """The hint with these options in each of the `commands` that it names, where they are not there yet.

    A password in an address is not repeated.
    """
    told = _COMMAND.split(hint)
    parts = [told[0]]
    for part in told[1:]:
        named = part.split()[2 if part.startswith("--actor ") else 0].strip("`.,;:")
        needs = named in commands and named not in _NEED_NO_HOME and "--help" not in part
        lacks = options if needs else {}
        missing = [f"{name} {shlex.quote(given)} " for name, given in lacks.items() if name not in part]
        parts += ["peers ", *missing, part]
    return _PASSWORD.sub(r"\1…@", "".join(parts))


def of_command(words: Sequence[str], given: str, known: Iterable[str], group: str) -> str:
    """What to run instead of a command that `group` has not: what it is called here, or what was mistyped."""
    if group == "peers" and given in _OUR_NAMES:
        ours = _OUR_NAMES[given]
        return f"{given} is called {ours} here: {corrected(words, given, ours)}"
    if group == "peers" and given in _OUR_WAYS:
        return _OUR_WAYS[given]
    meant = near(given, known, _ALIKE)
    return corrected(words, given, meant) if meant else f"{group} --help"


def near(given: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """The known name that is most like the given one, if any is; `alike` is how much at least, up to 1."""
    import difflib  # only where something is unknown

    return next(iter(difflib.get_close_matches(given, list(known), n=1, cutoff=alike)), None)


def corrected(words: Sequence[str], given: str, meant: str) -> str:
    """The command line with one word put right."""
    right = [meant if word == given else word for word in words]
    if meant not in right:  # the wrong word came from the environment
        right += ["-c", meant]
    return "peers " + shlex.join(right)


def with_option(words: Sequence[str], option: str) -> str:
    """The command line with one option more, before what is taken as it stands."""
    end = words.index("--") if "--" in words else len(words)
    return "peers " + shlex.join([*words[:end], option, *words[end:]])


def _hint(words: Sequence[str], given: str, known: Iterable[str]) -> str:
    meant = near(given, known)
    return corrected(words, given, meant) if meant is not None else ""


def _hint_of(words: Sequence[str], error: errors.PeersError, fact: str) -> str:
    """By what the error says was given; nothing when that is no word of its own, as inside a tool's JSON."""
    given, known = str(error.facts.get(fact, "")), error.facts.get("known", ())
    elsewhere = [one for one in known if one.partition("@")[0] == given] if isinstance(known, list) else []
    if given in words and elsewhere:  # it is another device's
        return corrected(words, given, elsewhere[0])
    return _hint(words, given, known) if given in words and isinstance(known, list) else ""


def _parameter(name: str) -> str:
    return str(click.get_current_context().params.get(name, ""))
