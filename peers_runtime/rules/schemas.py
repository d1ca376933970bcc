"""JSON Schemas (2020-12) in one canonical form, so that equal ones are equal data.

A schema is read into a graph, so that it may refer to itself, and to one part from many places at no cost.
Parts that say the same become one; names of definitions and the order of what has none are gone. What each
keyword becomes:

- Left out, as it says nothing about which values there are: titles, descriptions, examples and comments,
  `deprecated`, `readOnly`, `writeOnly`; identifiers and anchors; limits without effect (`minLength: 0`).
- References are followed; those that lead out of the schema, or are dynamic, are refused. Parts that have
  parts which have parts stand under `$defs`, numbered.
- Schemas in schemas become canonical. `properties` and the like have names, `prefixItems` has an order;
  `anyOf`, `allOf` and `oneOf` have none. Choices among choices, and a single choice, are what they stand for.
- Sets: `type`, `required`, `enum`. A union of bare types is a list of types, `const` is an `enum` of one
  value, and an `enum` knows the types of its values.
- `discriminator` (OpenAPI's, which pydantic writes): only the property; its mapping repeats the choices.
- All else, unknown keywords too, is data and is kept.

Two spellings that this form does not know to be the same count as different: nothing is ever lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from peers_runtime.base import canonical
from peers_runtime.model.manifest import JSONSchema

Node = dict[str, Any]
"""What one schema says; numbers of nodes stand where a schema stands in it."""

ONE = frozenset(
    {
        "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames",
        "then", "unevaluatedItems", "unevaluatedProperties",
    }
)  # fmt: skip
NAMED = frozenset({"dependentSchemas", "patternProperties", "properties"})
UNORDERED = frozenset({"allOf", "anyOf", "oneOf"})
LISTED = UNORDERED | {"prefixItems"}
_SAYS_NOTHING = frozenset(
    {
        "$anchor", "$comment", "$defs", "$dynamicAnchor", "$id", "$schema", "$vocabulary",
        "definitions", "deprecated", "description", "example", "examples", "readOnly", "title", "writeOnly",
    }
)  # fmt: skip
_DYNAMIC = frozenset({"$dynamicRef", "$recursiveRef"})
_WITHOUT_EFFECT: Mapping[str, Any] = {
    "dependentRequired": {}, "dependentSchemas": {}, "minItems": 0, "minLength": 0, "minProperties": 0,
    "patternProperties": {}, "properties": {}, "required": [], "uniqueItems": False,
}  # fmt: skip
_TYPES: Mapping[type[Any], str] = {
    type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array",
    dict: "object",
}  # fmt: skip


def simplest(schema: JSONSchema) -> JSONSchema:
    """The schema in its canonical form, itself a JSON Schema.

    Raises ValueError when it refers to something outside of itself, to nothing but itself, or is no schema.
    """
    graph = Graph(schema)
    return graph.written(graph.roots[0])


class Graph:
    """One or several schemas, taken apart; raises ValueError as `simplest` does.

    `roots` are their nodes, in the order given; `ranks` gives each node in use a number, the same one for
    nodes that say the same, whichever schema they come from. Costs about a millisecond for a usual model.
    """

    def __init__(self, *schemas: JSONSchema) -> None:
        self.nodes: list[Node] = []
        loaded = [self._load(schema) for schema in schemas]
        self.roots: Sequence[int] = loaded
        self.ranks: Mapping[int, int] = {}
        changed = True
        while changed:
            while self._simplify():
                pass
            self.roots = [self._target(root) for root in loaded]
            self._rank(self._reachable(self.roots))
            changed = self._order_choices()

    def written(self, root: int) -> JSONSchema:
        """The schema that a node stands for."""
        first: dict[int, int] = {}
        for number in self._reachable([root]):
            first.setdefault(self.ranks[number], number)
        top = self.ranks[root]
        deep = [rank for rank in sorted(first) if rank != top and self._is_deep(first[rank])]
        names = {top: "#", **{rank: f"#/$defs/{position}" for position, rank in enumerate(deep, start=1)}}

        def part(number: int) -> Any:
            name = names.get(self.ranks[number])
            if name is not None:
                return {"$ref": name}
            said = whole(number)
            return True if not said else False if said == {"not": True} else said

        def whole(number: int) -> JSONSchema:
            node = dict(self.nodes[number])
            if len(node.get("type", ())) == 1:
                (node["type"],) = node["type"]
            return {keyword: _mapped(keyword, node[keyword], part) for keyword in sorted(node)}

        definitions = {str(position): whole(first[rank]) for position, rank in enumerate(deep, start=1)}
        return {**({"$defs": definitions} if definitions else {}), **whole(root)}

    def _load(self, document: JSONSchema) -> int:
        """Without recursion: models may be nested deeper than Python's stack."""
        targets: dict[str, int] = {}
        waiting: list[tuple[int, object]] = []

        def number_of(schema: object) -> int:
            self.nodes.append({})
            waiting.append((len(self.nodes) - 1, schema))
            return len(self.nodes) - 1

        def target_of(reference: object) -> int:
            name: str = _a(str, reference, "$ref")
            if name not in targets:
                targets[name] = number_of(_referred(document, name))
            return targets[name]

        root = targets["#"] = number_of(document)
        while waiting:
            number, schema = waiting.pop()
            self.nodes[number] = _node(schema, number_of, target_of)
        return root

    def _simplify(self) -> bool:
        """One step for each node; whether anything became simpler."""
        before = [*self.nodes]
        for number in range(len(before)):
            self.nodes[number] = self._simpler(number)
        return before != self.nodes

    def _order_choices(self) -> bool:
        """Order them by rank, one of those that say the same; whether anything changed."""
        before = [*self.nodes]
        for number in self.ranks:
            node = self.nodes[number]
            ordered = {keyword: self._in_order(keyword, node[keyword]) for keyword in UNORDERED & node.keys()}
            self.nodes[number] = {**node, **ordered}
        return before != self.nodes

    def _simpler(self, number: int) -> Node:
        node = {
            keyword: _mapped(keyword, value, self._target) for keyword, value in self.nodes[number].items()
        }
        for keyword in ("allOf", "anyOf"):
            if keyword in node:
                node[keyword] = self._flattened(number, keyword)
        self._join_types(node)
        for keyword in ("anyOf", "oneOf"):
            if len(node.get(keyword, ())) == 1:
                node["allOf"] = [*node.get("allOf", ()), *node.pop(keyword)]
        if len(node.get("allOf", ())) == 1 and node.keys() == {"allOf", "default"}:
            base = self.nodes[node["allOf"][0]]
            if "default" not in base:  # a default is beside what it is a default of
                return {**base, "default": node["default"]}
        return node

    def _target(self, number: int) -> int:
        """The node that a chain of mere references ends at."""
        seen = {number}
        while self.nodes[number].keys() == {"allOf"} and len(self.nodes[number]["allOf"]) == 1:
            (number,) = self.nodes[number]["allOf"]
            if number in seen:
                raise ValueError("a part of it refers to nothing but itself")
            seen.add(number)
        return number

    def _flattened(self, number: int, keyword: str) -> Sequence[int]:
        """The choices, those of choices among them that are nothing but choices themselves; each once."""
        found: dict[int, None] = {}
        seen = {number}
        waiting = [*reversed(self.nodes[number][keyword])]
        while waiting:
            choice = self._target(waiting.pop())
            if self.nodes[choice].keys() != {keyword}:
                found[choice] = None
            elif choice not in seen:
                seen.add(choice)
                waiting += reversed(self.nodes[choice][keyword])
        if not found:
            raise ValueError(f"an {keyword} of it has no choice but itself")
        return [*found]

    def _join_types(self, node: Node) -> None:
        choices = node.get("anyOf", ())
        bare = [choice for choice in choices if self.nodes[choice].keys() == {"type"}]
        if len(bare) < 2:
            return
        self.nodes.append({"type": sorted({one for choice in bare for one in self.nodes[choice]["type"]})})
        node["anyOf"] = [*(choice for choice in choices if choice not in bare), len(self.nodes) - 1]

    def _reachable(self, roots: Iterable[int]) -> Sequence[int]:
        found: dict[int, None] = {}
        waiting = [*roots]
        while waiting:
            number = waiting.pop()
            if number not in found:
                found[number] = None
                waiting += _children(self.nodes[number])
        return [*found]

    def _rank(self, numbers: Sequence[int]) -> None:
        """Tell nodes apart by what they say, then by how their children were told apart, until that ends.

        Names and the order of nodes play no part, so that ranks are canonical. Takes one round for each level
        of nesting.
        """
        labels = {number: _label(self.nodes[number]) for number in numbers}
        self.ranks = dict.fromkeys(numbers, 0)
        known = 0
        while len({*self.ranks.values()}) > known:
            known = len({*self.ranks.values()})
            found = {number: (labels[number], self._ranks_of(self.nodes[number])) for number in numbers}
            order = {one: rank for rank, one in enumerate(sorted({*found.values()}))}
            self.ranks = {number: order[one] for number, one in found.items()}

    def _ranks_of(self, node: Node) -> tuple[tuple[int, ...], ...]:
        """Those of its children, by keyword."""
        return tuple(
            tuple(self.ranks[child] for child in self._in_order(keyword, _numbers(keyword, node[keyword])))
            for keyword in sorted(node)
        )

    def _in_order(self, keyword: str, numbers: Iterable[int]) -> Sequence[int]:
        """Choices by rank, each once; but all in oneOf, of which exactly one is to fit."""
        if keyword in UNORDERED - {"oneOf"}:
            numbers = {self.ranks[number]: number for number in numbers}.values()
        return sorted(numbers, key=self.ranks.__getitem__) if keyword in UNORDERED else [*numbers]

    def _is_deep(self, number: int) -> bool:
        """Whether its parts have parts; schemas are written without deep nesting, models may have any."""
        return any(
            next(_children(self.nodes[child]), None) is not None for child in _children(self.nodes[number])
        )


def text(value: object) -> str:
    """Data as JSON text, equal for equal data: unlike Python it tells `True` from `1`, and `1.0` is `1`."""
    return canonical.dumps(value).decode()


def _node(schema: object, number_of: Callable[[object], int], target_of: Callable[[object], int]) -> Node:
    if isinstance(schema, bool):
        return {} if schema else {"not": number_of(True)}
    said = _a(dict, schema, "part")
    node: Node = {}
    for keyword, value in said.items():
        if keyword in _DYNAMIC:
            raise ValueError(f"it has a {keyword}, which has no fixed meaning")
        if keyword in ONE:
            node[keyword] = number_of(value)
        elif keyword in LISTED:
            node[keyword] = [number_of(one) for one in _a(list, value, keyword)]
        elif keyword in NAMED:
            node[keyword] = {name: number_of(value[name]) for name in sorted(_a(dict, value, keyword))}
        elif keyword not in _SAYS_NOTHING and keyword != "$ref":
            node[keyword] = _data(keyword, value)
    if "$ref" in said:
        node["allOf"] = [*node.get("allOf", ()), target_of(said["$ref"])]
    _settle_values(node)
    return {
        keyword: value
        for keyword, value in node.items()
        if keyword not in _WITHOUT_EFFECT or text(value) != text(_WITHOUT_EFFECT[keyword])
    }


def _data(keyword: str, value: Any) -> Any:
    if keyword == "type":
        return _texts([value] if isinstance(value, str) else value, keyword)
    if keyword == "required":
        return _texts(value, keyword)
    if keyword == "dependentRequired":
        return {name: _texts(names, keyword) for name, names in _a(dict, value, keyword).items()}
    if keyword == "enum":
        values = {text(one): one for one in _a(list, value, keyword)}
        return [values[one] for one in sorted(values)]
    if keyword == "discriminator" and isinstance(value, Mapping):
        return {"propertyName": value.get("propertyName")}
    return value


def _settle_values(node: Node) -> None:
    """`const` becomes an `enum`, and an `enum` gets the types of its values."""
    if "const" in node and ("enum" not in node or text(node["const"]) in {text(one) for one in node["enum"]}):
        node["enum"] = [node.pop("const")]
    if not node.get("enum"):
        return
    types = {_type(one) for one in node["enum"]}
    allowed = {*node.get("type", types)}
    if types <= allowed | ({"integer"} if "number" in allowed else set()):
        node["type"] = sorted(types)


def _type(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return _TYPES[type(value)]


def _referred(document: JSONSchema, reference: str) -> object:
    found: Any = document
    head, *steps = reference.split("/")
    for step in steps:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, Mapping) and name in found:
            found = found[name]
        else:
            head = ""
    if head != "#":
        raise ValueError(f"it refers to {reference!r}, which it does not hold")
    return found


def _label(node: Node) -> str:
    """What a node says, whatever its children are."""
    return text(
        {
            keyword: 0 if keyword in UNORDERED else _mapped(keyword, value, lambda _: 0)
            for keyword, value in node.items()
        }
    )


def _mapped(keyword: str, value: Any, change: Callable[[int], Any]) -> Any:
    """A keyword's value with each number of a node changed."""
    if keyword in ONE:
        return change(value)
    if keyword in LISTED:
        return [change(one) for one in value]
    if keyword in NAMED:
        return {name: change(one) for name, one in value.items()}
    return value


def _numbers(keyword: str, value: Any) -> Sequence[int]:
    """Those of nodes in a keyword's value."""
    if keyword in ONE:
        return [value]
    if keyword in LISTED:
        return [*value]
    return [*value.values()] if keyword in NAMED else []


def _children(node: Node) -> Iterator[int]:
    for keyword, value in node.items():
        yield from _numbers(keyword, value)


def _a(kind: type[Any], value: Any, keyword: str) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"its {keyword} is {value!r}")  # noqa: TRY004  # one error for all that is no schema
    return value


def _texts(value: Any, keyword: str) -> Sequence[str]:
    """In order, each once."""
    if not all(isinstance(one, str) for one in _a(list, value, keyword)):
        raise ValueError(f"its {keyword} is {value!r}")
    return sorted({*value})
