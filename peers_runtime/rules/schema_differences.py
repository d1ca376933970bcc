"""What differs between two JSON Schemas, in words; nothing exactly when they are equal in canonical form."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from peers_runtime.model.manifest import JSONSchema
from peers_runtime.rules import schemas
from peers_runtime.rules.schemas import Graph, Node


def differences(old: JSONSchema, new: JSONSchema, whole: str, part: str) -> tuple[str, ...]:
    """One sentence per difference, those nearer to the top first.

    `whole` and `part` name what the schemas describe: with "arguments" and "argument" a sentence is
    "argument title: was string, is integer". What is used in several places is told at the first.
    Raises ValueError as `schemas.simplest` does.
    """
    return tuple(_Comparison(Graph(old, new), whole, part).sentences())


class _Comparison:
    def __init__(self, graph: Graph, whole: str, part: str) -> None:
        self._graph = graph
        self._whole = whole
        self._part = part
        self._waiting: deque[tuple[int, int, str]] = deque()

    def sentences(self) -> Iterator[str]:
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
                yield from self._between(old, new, path)

    def _between(self, old: int, new: int, path: str) -> Iterator[str]:
        was, now = self._graph.nodes[old], self._graph.nodes[new]
        keywords = was.keys() | now.keys()
        kind, other = self._kind(old), self._kind(new)
        if kind != other:
            yield f"{self._at(path)}: was {kind}, is {other}"
            alike = was.keys() == now.keys()  # else the rest follows from the kinds
            keywords = keywords - {"type", "enum"} - schemas.UNORDERED if alike else keywords & {"default"}
        elif schemas.UNORDERED & (was.keys() ^ now.keys()):
            yield f"{self._at(path)}: was {self._written([old])}, is {self._written([new])}"
            return
        for keyword in sorted(keywords):
            if keyword in schemas.NAMED:
                yield from self._of_named(keyword, was, now, path)
            elif keyword == "required":
                yield from self._of_required(was, now, path)
            elif keyword in schemas.LISTED:
                yield from self._of_listed(keyword, was, now, path)
            elif keyword in schemas.ONE and keyword in was and keyword in now:
                self._waiting.append((was[keyword], now[keyword], _step(path, keyword)))
            elif self._shown(keyword, was) != self._shown(keyword, now):
                yield (
                    f"{self._at(path)}: {keyword}: was {self._shown(keyword, was)},"
                    f" is {self._shown(keyword, now)}"
                )

    def _of_named(self, keyword: str, was: Node, now: Node, path: str) -> Iterator[str]:
        old, new = was.get(keyword, {}), now.get(keyword, {})
        for name in sorted(old.keys() | new.keys()):
            if keyword == "properties":
                place = f"{path}.{name}" if path else name
            else:
                place = f"{path} ({keyword} {name})"
            if name in old and name in new:
                self._waiting.append((old[name], new[name], place))
            elif name in old:
                yield f"{self._at(place)} is gone"
            else:
                needed = ", and required" if name in now.get("required", ()) else ""
                yield f"{self._at(place)} is new{needed}"

    def _of_required(self, was: Node, now: Node, path: str) -> Iterator[str]:
        old, new = was.get("required", ()), now.get("required", ())
        for name in sorted({*old} ^ {*new}):
            if (name in was.get("properties", {})) == (name in now.get("properties", {})):  # else gone or new
                place = f"{path}.{name}" if path else name
                words = ("required", "optional") if name in old else ("optional", "required")
                yield f"{self._at(place)}: was {words[0]}, is {words[1]}"

    def _of_listed(self, keyword: str, was: Node, now: Node, path: str) -> Iterator[str]:
        old, new = was.get(keyword, []), now.get(keyword, [])
        if keyword == "prefixItems":
            for position, (left, right) in enumerate(zip_longest(old, new)):
                place = f"{path}[{position}]"
                if left is not None and right is not None:
                    self._waiting.append((left, right, place))
                else:
                    yield f"{self._at(place)} is {'gone' if right is None else 'new'}"
            return
        gone, come = self._without(keyword, old, new), self._without(keyword, new, old)
        if len(gone) == len(come) == 1:
            self._waiting.append((gone[0], come[0], path))
        elif gone or come:
            less = [f"no longer {self._written(gone)}"] if gone else []
            more = [f"now also {self._written(come)}"] if come else []
            yield f"{self._at(path)}: {keyword}: {', '.join(less + more)}"

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


_NOT_GIVEN = "not given"
_IN_SHORT = {"{}": "true", '{"not":true}': "false"}


def _step(path: str, keyword: str) -> str:
    if keyword == "items":
        return f"{path}[]"
    if keyword == "additionalProperties":
        return f"{path}.*" if path else "*"
    return f"{path} ({keyword})"
