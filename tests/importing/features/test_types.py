"""Classes, annotations, and libraries that look a class's module up."""

from __future__ import annotations

import json
import sys
import types

import pytest

from tests.importing.realms import Both, entered, feature

NOTE = {"notes/__init__.py": "", "notes/model.py": "class Inner:\n    size = $V\n"}


@feature("dataclasses with string annotations", "types")
def test_dataclasses(both: Both) -> None:
    app = """
        from __future__ import annotations
        import dataclasses
        from dataclasses import dataclass, field
        from typing import ClassVar
        import notes.model
        @dataclass(frozen=True, slots=True, kw_only=True)
        class Note:
            kind: ClassVar[str] = "kept"
            inner: notes.model.Inner
            init: dataclasses.InitVar[int] = 0
            tags: list[Note] = field(default_factory=list)
        names = [f.name for f in dataclasses.fields(Note)]
        changed = dataclasses.replace(Note(inner=1), tags=[$V]).tags
    """
    for realm, v in both({**NOTE, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert module.names == ["inner", "tags"]
        assert module.changed == [int(v)]


@feature("pydantic models with string annotations and forward references", "types")
def test_pydantic(both: Both) -> None:
    app = """
        from __future__ import annotations
        from typing import Optional
        from pydantic import BaseModel
        class Note(BaseModel):
            title: str = "t$V"
            child: Optional[Note] = None
            later: list[Later] = []
        class Later(BaseModel):
            size: int = $V
        def make():
            class Local(BaseModel):
                note: Note
            return Local.model_validate({"note": {"child": {}, "later": [{}]}})
    """
    for realm, v in both({**NOTE, "notes/app.py": app}, declared=["pydantic"]):
        made = realm.load("notes.app:make")()
        assert made.note.child.title == f"t{v}"
        assert made.note.later[0].size == int(v)


@feature("`typing.get_type_hints`", "types")
def test_get_type_hints(both: Both) -> None:
    app = """
        from __future__ import annotations
        import typing
        import notes.model
        from notes.model import Inner
        class Note:
            inner: Inner
            other: "notes.model.Inner | None"
        def function(note: Note) -> list[Inner]: ...
        hints = typing.get_type_hints(Note), typing.get_type_hints(function)
    """
    for realm, _ in both({**NOTE, "notes/app.py": app}):
        module = realm.module("notes.app")
        inner = realm.load("notes.model:Inner")
        assert module.hints == (
            {"inner": inner, "other": inner | None},
            {"note": module.Note, "return": list[inner]},
        )


@feature("`NamedTuple`, `TypedDict`, `Protocol`, generics", "types")
def test_typing_classes(both: Both) -> None:
    app = """
        from typing import Generic, NamedTuple, Protocol, TypedDict, TypeVar, runtime_checkable
        T = TypeVar("T")
        class Point(NamedTuple):
            x: int = $V
        class Row(TypedDict):
            x: int
        @runtime_checkable
        class Sized(Protocol):
            def size(self) -> int: ...
        class Box(Generic[T]):
            def size(self): return $V
        fits = isinstance(Box[int](), Sized), Point().x, Row(x=$V)["x"]
    """
    for realm, v in both({**NOTE, "notes/app.py": app}):
        assert realm.load("notes.app:fits") == (True, int(v), int(v))


@feature("enums", "types")
def test_enums(both: Both) -> None:
    app = """
        import enum, re
        class Color(enum.StrEnum):
            RED = "red$V"
        class Bits(enum.IntFlag):
            A = enum.auto()
            B = enum.auto()
        functional = enum.Enum("Made", "X Y", module=__name__)
        def convert(): return Color("red$V"), Bits(3) == Bits.A | Bits.B, functional.X.name
    """
    for realm, _ in both({**NOTE, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert module.convert() == (module.Color.RED, True, "X")


@feature("JSON Schema names without the mangled prefix, as long as names differ within a schema", "types")
def test_json_schema(both: Both) -> None:
    app = """
        from pydantic import BaseModel
        import notes.a
        class Simple(BaseModel):
            one: notes.a.Item
        schema = Simple.model_json_schema()
    """
    item = "from pydantic import BaseModel\nclass Item(BaseModel):\n    x: int = $V\n"
    for realm, _ in both(
        {"notes/__init__.py": "", "notes/a.py": item, "notes/app.py": app}, declared=["pydantic"]
    ):
        schema = realm.load("notes.app:schema")
        assert list(schema["$defs"]) == ["Item"]
        assert "peers_packages" not in json.dumps(schema)


@feature("`super()`, metaclasses, `__init_subclass__`, `__set_name__`, class decorators", "types")
def test_class_creation(both: Both) -> None:
    app = """
        class Meta(type):
            def __new__(meta, name, bases, namespace, **options):
                made = super().__new__(meta, name, bases, namespace)
                made.options = options
                return made
        class Base(metaclass=Meta):
            found = []
            def __init_subclass__(cls, **options):
                super().__init_subclass__()
                Base.found.append(cls.__name__)
            def who(self): return "base$V"
        class Name:
            def __set_name__(self, owner, name): self.name = name
        class Child(Base, option=$V):
            field = Name()
            def who(self): return "child of " + super().who()
            def cell(self): return __class__
    """
    for realm, v in both({**NOTE, "notes/app.py": app}):
        module = realm.module("notes.app")
        child = module.Child()
        assert child.who() == f"child of base{v}"
        assert (module.Child.options, module.Base.found) == ({"option": int(v)}, ["Child"])
        assert child.field.name == "field"
        assert child.cell() is module.Child


@feature("`functools.singledispatch`, the package's own and a shared library's", "types")
def test_singledispatch(both: Both) -> None:
    app = """
        import a_library_of_the_host as library
        from functools import singledispatch, singledispatchmethod
        class Note: ...
        @singledispatch
        def show(thing): return "?"
        @show.register
        def _(thing: Note): return "note$V"
        class Shower:
            @singledispatchmethod
            def show(self, thing): return "?"
            @show.register(Note)
            def _(self, thing): return "method$V"
        shown = show(Note()), show(1), Shower().show(Note())
        library.show.register(Note, lambda thing: "shared$V")
    """
    library = types.ModuleType("a_library_of_the_host")
    exec("from functools import singledispatch\n@singledispatch\ndef show(x): return '?'", library.__dict__)
    sys.modules[library.__name__] = library
    try:
        realms = both({**NOTE, "notes/app.py": app}, declared=[library.__name__])
        modules = [(realm.module("notes.app"), v) for realm, v in realms]
    finally:
        del sys.modules[library.__name__]
    for module, v in modules:
        assert module.shown == (f"note{v}", "?", f"method{v}")
        assert library.show(module.Note()) == f"shared{v}"


@feature("abstract classes and their registrations", "types")
def test_abstract_classes(both: Both) -> None:
    app = """
        from abc import ABC, abstractmethod
        from collections.abc import Sized
        class Shape(ABC):
            @abstractmethod
            def area(self): ...
        class Square(Shape):
            def area(self): return $V
        @Shape.register
        class Virtual: ...
        class Long:
            def __len__(self): return $V
        class Told: ...
        Sized.register(Told)
        fits = isinstance(Square(), Shape), issubclass(Virtual, Shape)
        sized = isinstance(Long(), Sized), isinstance(Told(), Sized)
    """
    realms = both({**NOTE, "notes/app.py": app})
    for realm, _ in realms:
        module = realm.module("notes.app")
        assert module.fits == module.sized == (True, True)
        with pytest.raises(TypeError, match="abstract"):
            module.Shape()
    (one, _), (two, _) = realms
    assert not issubclass(one.load("notes.app:Virtual"), two.load("notes.app:Shape"))


@feature("`eval`, `exec`, `compile`, `globals()`, `locals()`", "types")
def test_eval_and_exec(both: Both) -> None:
    app = """
        VALUE = $V
        a = eval("VALUE + 1")
        exec("b = VALUE + 2")
        scope = {"x": 1}
        exec("y = x + 1\\nz = [x for _ in range(2)]\\nprint", scope)
        c = globals()["VALUE"], sorted(k for k in scope if not k.startswith("_"))
        def nested():
            d = $V
            return eval("d"), locals()["d"]
    """
    for realm, v in both({**NOTE, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert (module.a, module.b) == (int(v) + 1, int(v) + 2)
        assert module.c == (int(v), ["x", "y", "z"])
        assert module.nested() == (int(v), int(v))


@feature("`functools.cache`, `contextlib`, `weakref`, descriptors, `match`", "types")
def test_ordinary_language(both: Both) -> None:
    app = """
        import contextlib, functools, weakref
        @functools.cache
        def cached(x): return x + $V
        @contextlib.contextmanager
        def opened():
            yield $V
        class Note:
            __match_args__ = ("x",)
            def __init__(self, x): self.x = x
            @functools.cached_property
            def once(self): return self.x + $V
        def run():
            note = Note(1)
            with opened() as value:
                match note:
                    case Note(x): ...
            return cached(1), cached(1), value, x, note.once, weakref.ref(note)() is note
    """
    for realm, v in both({**NOTE, "notes/app.py": app}):
        assert realm.load("notes.app:run")() == (1 + int(v), 1 + int(v), int(v), 1, 1 + int(v), True)


@pytest.mark.usefixtures("facades")
@feature("`unittest.mock.patch` by logical name, in a context and within the package", "types")
def test_mock_patch(both: Both) -> None:
    from unittest import mock

    app = """
        from unittest import mock
        from notes import store
        def patched():
            with mock.patch.object(store, "add", lambda: "object"):
                a = store.add()
            with mock.patch("notes.store.add", lambda: "name"):
                b = store.add()
            return a, b, store.add()
    """
    files = {"notes/__init__.py": "", "notes/store.py": "def add(): return $V\n", "notes/app.py": app}
    realms = both(files)
    for realm, v in realms:
        with entered(realm):
            assert realm.load("notes.app:patched")() == ("object", "name", int(v))
            with mock.patch("notes.store.add", return_value="host"):
                assert realm.load("notes.store:add")() == "host"
                others = [other for other, _ in realms if other is not realm]
                assert others[0].load("notes.store:add")() != "host"
            assert realm.load("notes.store:add")() == int(v)
