"""Modules of the soaked package that define things, of kinds that have been seen to stay in caches."""

from __future__ import annotations

MODULES = {
    "models.py": """
import enum
from typing import Annotated, Generic, Literal, TypeVar, Union
from pydantic import BaseModel, Field, TypeAdapter, computed_field, create_model, field_validator

Item = TypeVar("Item")

class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
    def shown(self):
        return self.value.upper()

class Page(BaseModel, Generic[Item]):
    items: list[Item]
    def first(self):
        return self.items[0]

class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    color: Color = Color.RED

class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    friends: "list[Pet]" = []

Pet = Annotated[Union[Cat, Dog], Field(discriminator="kind")]
Dog.model_rebuild()

class Tree(BaseModel):
    name: str
    children: "list[Tree]" = []
    @field_validator("name")
    @classmethod
    def is_short(cls, value):
        return value[:20]
    @computed_field
    @property
    def size(self) -> int:
        return 1 + sum(child.size for child in self.children)

Cats = Page[Cat]
adapter = TypeAdapter(dict[str, Pet])
Made = create_model("Made", x=(int, 1), tree=(Tree | None, None))

def used():
    numbers = Page[int](items=[1])
    pets = adapter.validate_python({"a": {"kind": "dog", "friends": [{"kind": "cat"}]}})
    tree = Tree.model_validate_json('{"name": "x", "children": [{"name": "y"}]}')
    for kind in (Cats, Page[Color], Dog, Made):
        kind.model_json_schema()
    return Cats(items=[Cat()]).first().color.shown(), numbers.first(), pets, tree.model_dump()["size"]
""",
    "records.py": """
from __future__ import annotations
import copy, dataclasses, pickle, typing

@dataclasses.dataclass(order=True, slots=True)
class Point:
    x: int
    y: int = 0
    def moved(self, by: Point) -> Point:
        return dataclasses.replace(self, x=self.x + by.x)

class Row(typing.NamedTuple):
    point: Point
    name: str = "row"

class Options(typing.TypedDict, total=False):
    rows: list[Row]

@dataclasses.dataclass
class Holder:
    point: Point = dataclasses.field(default_factory=lambda: Point(1))

def used():
    row = pickle.loads(pickle.dumps(Row(Point(1).moved(Point(2)))))
    typing.get_type_hints(Options), typing.get_type_hints(Row), typing.get_type_hints(Point.moved)
    return copy.deepcopy(row), dataclasses.asdict(Holder()), Options(rows=[row])
""",
    "shapes.py": """
import abc, collections.abc, contextlib, io, numbers

class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...

class Square(Shape):
    def area(self):
        return 1

@Shape.register
class Foreign: ...

@collections.abc.Sized.register
class Heap: ...

class Amount: ...
numbers.Number.register(Amount)

class Stack(collections.abc.MutableSequence):
    def __init__(self): self.items = []
    def __getitem__(self, index): return self.items[index]
    def __setitem__(self, index, value): self.items[index] = value
    def __delitem__(self, index): del self.items[index]
    def __len__(self): return len(self.items)
    def insert(self, index, value): self.items.insert(index, value)

class Stream(io.StringIO): ...

def used():
    checks = [isinstance(thing(), kind) for thing in (Square, Foreign, Heap, Amount, Stack, Stream)
              for kind in (Shape, collections.abc.Sized, collections.abc.Iterable, numbers.Number,
                           collections.abc.Hashable, contextlib.AbstractContextManager)]
    return sum(checks)
""",
    "kinds.py": """
import enum

class Level(enum.IntEnum):
    LOW = enum.auto()
    HIGH = enum.auto()
    @classmethod
    def _missing_(cls, value):
        return cls.LOW

class Mode(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()

class Word(enum.StrEnum):
    A = "a"

Made = enum.Enum("Made", "X Y", module=__name__)

def used():
    return Level(7), Mode.READ | Mode.WRITE, Mode(3), Word("a"), Made["X"], f"{Level.HIGH:>4}"
""",
    "dispatching.py": """
import functools
from soaked.records import Point
from soaked.shapes import Shape

@functools.singledispatch
def shown(thing):
    return repr(thing)

@shown.register
def _(thing: Point):
    return "point"

@shown.register(Shape)
def _(thing):
    return "shape"

class Shower:
    @functools.singledispatchmethod
    def show(self, thing):
        return "thing"
    @show.register
    def _(self, thing: int):
        return "int"
""",
    "extending.py": """
from soaked import dispatching, shapes

@dispatching.shown.register(list)
def _(thing):
    return "list"

def used():
    shower = dispatching.Shower()
    return [dispatching.shown(x) for x in ([], 1, shapes.Square(), shapes.Foreign())], shower.show(1)
""",
    "caches.py": """
import functools
from soaked.records import Point

@functools.lru_cache(maxsize=100)
def halved(point):
    return Point(point // 2)

@functools.cache
def named(kind):
    return kind.__name__

class Lazy:
    @functools.cached_property
    def point(self):
        return Point(1)
    double = functools.partialmethod(lambda self, by: self.point.x * by, 2)

LAZY = Lazy()

@functools.total_ordering
class Ordered:
    def __lt__(self, other): return True
    def __eq__(self, other): return self is other
    __hash__ = object.__hash__

def used():
    for number in range(20):
        halved(number)
    return named(Point), LAZY.point, LAZY.double(), sorted([Ordered(), Ordered()]), halved.cache_info()
""",
    "generics.py": """
import typing
from typing import Annotated, Any, Generic, NewType, ParamSpec, Protocol, TypeVar, overload

T = TypeVar("T")
P = ParamSpec("P")
Id = NewType("Id", int)

class Box(Generic[T]):
    def __init__(self, thing: T) -> None:
        self.thing = thing

@typing.runtime_checkable
class Named(Protocol):
    name: str

class Thing:
    name = "x"

@overload
def twice(x: int) -> int: ...
@overload
def twice(x: str) -> str: ...
def twice(x):
    return x + x

def hinted(x: "Box[Thing]", y: "Annotated[Thing, 'here']") -> "dict[str, Named] | None": ...

def used():
    typing.List[Thing], typing.Optional[Thing], typing.Union[Thing, Box], typing.Dict[str, Box[Thing]]
    typing.Callable[[Thing], Box], typing.Tuple[Thing, ...], Box[Thing](Thing()), typing.Type[Thing]
    return typing.get_type_hints(hinted), isinstance(Thing(), Named), typing.get_overloads(twice), Id(1)
""",
}
