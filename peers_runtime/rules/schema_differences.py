"""What differs between two JSON Schemas, in words; nothing exactly when they are equal in canonical form.

Each difference says whom it may hurt: who gives values, when some that fitted no longer fit, or who takes
them, when some come that did not before or lack what was there. What is not known to be harmless hurts both;
that a value may have a further property hurts nobody.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from peers_runtime.model.manifest import JSONSchema
from peers_runtime.rules import schemas
from peers_runtime.rules.schemas import Graph, Node


class Difference(NamedTuple):
    """One difference in words, and whom it may hurt; whether it is only about a value that was left out."""

    words: str
    hurts_givers: bool = True
    hurts_takers: bool = True
    is_of_default: bool = False


def differences(old: JSONSchema, new: JSONSchema, whole: str, part: str) -> tuple[Difference, ...]:
    """Those nearer to the top first.

    `whole` and `part` name what the schemas describe: with "arguments" and "argument" a sentence is
    "argument title: was string, is integer". What is used in several places is told at the first.
    Raises ValueError as `schemas.simplest` does.
    """
    return tuple(_Comparison(Graph(old, new), whole, part).found())


class _Comparison:
    def __init__(self, graph: Graph, whole: str, part: str) -> None:
        self._graph = graph
        self._whole = whole
        self._part = part
        self._waiting: deque[tuple[int, int, str]] = deque()
        self._turned: set[str] = set()  # paths below `not` and `if`, where to allow more may be to allow less

    def found(self) -> Iterator[Difference]:
        """Walk both at once. Two nodes of different rank differ here or in a pair that they lead to."""
        old, new = self._graph.roots
        self._waiting.append((old, new, ""))
        ranks = self._graph.ranks
        seen: set[tuple[int, int]] = set()
        while self._waiting:
            old, new, path = self._waiting.popleft()
            pair = ranks[old], ranks[new]
            if ranks[old] != ranks[new] and pair not in seen:
                seen.add(pair)
                is_turned = any(path.startswith(turned) for turned in self._turned)
                for one in self._between(old, new, path):
                    yield Difference(one.words) if is_turned else one

    def _between(self, old: int, new: int, path: str) -> Iterator[Difference]:
        was, now = self._graph.nodes[old], self._graph.nodes[new]
        keywords = was.keys() | now.keys()
        kind, other = self._kind(old), self._kind(new)
        if kind != other:
            yield self._other(old, new, f"{self._at(path)}: was {kind}, is {other}")
            alike = was.keys() == now.keys()  # else the rest follows from the kinds
            keywords = keywords - {"type", "enum"} - schemas.UNORDERED if alike else keywords & {"default"}
        elif schemas.UNORDERED & (was.keys() ^ now.keys()):
            words = f"{self._at(path)}: was {self._written([old])}, is {self._written([new])}"
            yield self._other(old, new, words)
            return
        for keyword in sorted(keywords):
            if keyword in schemas.NAMED:
                yield from self._of_named(keyword, was, now, path)
            elif keyword == "required":
                yield from self._of_required(was, now, path)
            elif keyword in schemas.LISTED:
                yield from self._of_listed(keyword, was, now, path)
            elif keyword in schemas.ONE and keyword in was and keyword in now:
                step = _step(path, keyword)
                self._waiting.append((was[keyword], now[keyword], step))
                self._turned.update({step} if keyword in _TURNING else ())
            elif self._shown(keyword, was) != self._shown(keyword, now):
                words = (
                    f"{self._at(path)}: {keyword}: was {self._shown(keyword, was)},"
                    f" is {self._shown(keyword, now)}"
                )
                yield Difference(words, *_hurt_by(keyword, was, now), is_of_default=keyword == "default")

    def _other(self, old: int, new: int, words: str) -> Difference:
        return Difference(words, not self._takes_all(new, old), not self._takes_all(old, new))

    def _takes_all(self, wide: int, narrow: int) -> bool:
        """Whether it is plain that each value which fits the one node fits the other."""
        return all(
            any(
                self._graph.ranks[choice] == self._graph.ranks[other]
                or _is_plainly_within(self._graph.nodes[choice], self._graph.nodes[other])
                for other in self._choices(wide)
            )
            for choice in self._choices(narrow)
        )

    def _choices(self, number: int) -> Sequence[int]:
        node = self._graph.nodes[number]
        return node["anyOf"] if "anyOf" in node and node.keys() <= {"anyOf", "default"} else [number]

    def _of_named(self, keyword: str, was: Node, now: Node, path: str) -> Iterator[Difference]:
        old, new = was.get(keyword, {}), now.get(keyword, {})
        for name in sorted(old.keys() | new.keys()):
            is_property = keyword == "properties"
            place = (f"{path}.{name}" if path else name) if is_property else f"{path} ({keyword} {name})"
            if name in old and name in new:
                self._waiting.append((old[name], new[name], place))
            elif name in old:
                yield Difference(f"{self._at(place)} is gone", hurts_givers=is_property)
            else:
                is_needed = name in now.get("required", ())
                words = f"{self._at(place)} is new{', and required' if is_needed else ''}"
                yield Difference(words, is_needed or not is_property, hurts_takers=False)

    def _of_required(self, was: Node, now: Node, path: str) -> Iterator[Difference]:
        old, new = was.get("required", ()), now.get("required", ())
        for name in sorted({*old} ^ {*new}):
            if (name in was.get("properties", {})) == (name in now.get("properties", {})):  # else gone or new
                place = f"{path}.{name}" if path else name
                was_needed = name in old
                before, after = ("required", "optional") if was_needed else ("optional", "required")
                words = f"{self._at(place)}: was {before}, is {after}"
                yield Difference(words, hurts_givers=not was_needed, hurts_takers=was_needed)

    def _of_listed(self, keyword: str, was: Node, now: Node, path: str) -> Iterator[Difference]:
        old, new = was.get(keyword, []), now.get(keyword, [])
        if keyword == "prefixItems":
            for position, (left, right) in enumerate(zip_longest(old, new)):
                place = f"{path}[{position}]"
                if left is not None and right is not None:
                    self._waiting.append((left, right, place))
                else:
                    yield Difference(f"{self._at(place)} is {'gone' if right is None else 'new'}")
            return
        gone, come = self._without(keyword, old, new), self._without(keyword, new, old)
        if len(gone) == len(come) == 1:
            self._waiting.append((gone[0], come[0], path))
        elif gone or come:
            less = [f"no longer {self._written(gone)}"] if gone else []
            more = [f"now also {self._written(come)}"] if come else []
            words = f"{self._at(path)}: {keyword}: {', '.join(less + more)}"
            yield Difference(words, *((bool(gone), bool(come)) if keyword != "allOf" else ()))

    def _without(self, keyword: str, these: Iterable[int], others: Iterable[int]) -> Sequence[int]:
        """Those choices that have none like them among the others; in oneOf, none of their own."""
        ranks = self._graph.ranks
        left = Counter(ranks[one] for one in others)
        if keyword != "oneOf":
            return [*{ranks[one]: one for one in these if not left[ranks[one]]}.values()]
        found: list[int] = []
        for one in these:
            if left[ranks[one]]:
                left[ranks[one]] -= 1
            else:
                found.append(one)
        return found

    def _at(self, path: str) -> str:
        return f"{self._part} {path}" if path else self._whole

    def _shown(self, keyword: str, node: Node) -> str:
        if keyword not in node:
            return _NOT_GIVEN
        return self._written([node[keyword]]) if keyword in schemas.ONE else schemas.text(node[keyword])

    def _written(self, numbers: Iterable[int]) -> str:
        texts = (schemas.text(self._graph.written(number)) for number in numbers)
        return ", ".join(sorted(_IN_SHORT.get(text, text) for text in texts))

    def _kind(self, number: int) -> str:
        """What a value is in a word or a few: "string or null"."""
        nodes, kinds = self._graph.nodes, set[str]()
        seen, waiting = {number}, [number]
        while waiting:
            node = nodes[waiting.pop()]
            choices = [choice for keyword in ("anyOf", "oneOf") for choice in node.get(keyword, ())]
            if "enum" in node:
                values = ", ".join(map(schemas.text, node["enum"]))
                kinds.add(f"one of {values}" if len(node["enum"]) > 1 else values)
            elif "type" in node:
                kinds.update(node["type"])
            elif not choices:
                return "nothing" if node.keys() == {"not"} and not nodes[node["not"]] else "anything"
            waiting += [choice for choice in choices if choice not in seen]
            seen.update(choices)
        return " or ".join(sorted(kinds, key=lambda kind: (kind == "null", kind))) or "anything"


def _hurt_by(keyword: str, was: Node, now: Node) -> tuple[bool, bool]:
    """Who gives and who takes: a keyword that comes asks for more, one that goes asks for less."""
    if keyword == "default":
        return keyword in was, keyword in was
    if keyword in _MIXED:
        return True, True
    if keyword not in was or keyword not in now:
        return keyword in now, keyword in was
    first, second = was[keyword], now[keyword]
    if keyword in _LOWEST | _HIGHEST and isinstance(first, int | float) and isinstance(second, int | float):
        asks_more = (first < second) is (keyword in _LOWEST)
        return asks_more, not asks_more
    return True, True


def _is_plainly_within(narrow: Node, wide: Node) -> bool:
    """Whether one says with types and values alone that it allows no more than the other does."""
    if not (narrow.keys() <= _PLAIN and wide.keys() <= _PLAIN and narrow.keys() & {"type", "enum"}):
        return False
    if "enum" in wide:
        allowed = {schemas.text(one) for one in wide["enum"]}
        return "enum" in narrow and {schemas.text(one) for one in narrow["enum"]} <= allowed
    if "type" not in wide:
        return True
    types = {*wide["type"]} | ({"integer"} if "number" in wide["type"] else set())
    return "type" in narrow and {*narrow["type"]} <= types


_PLAIN = frozenset({"default", "enum", "type"})
_TURNING = frozenset({"not", "if"})
_MIXED = frozenset({"minContains", "maxContains"})  # which say what `contains`, or its absence, means
_LOWEST = frozenset({"exclusiveMinimum", "minItems", "minLength", "minProperties", "minimum"})
_HIGHEST = frozenset({"exclusiveMaximum", "maxItems", "maxLength", "maxProperties", "maximum"})
_NOT_GIVEN = "not given"
_IN_SHORT = {"{}": "true", '{"not":true}': "false"}


def _step(path: str, keyword: str) -> str:
    if keyword == "items":
        return f"{path}[]"
    if keyword == "additionalProperties":
        return f"{path}.*" if path else "*"
    return f"{path} ({keyword})"
