"""What a consumer holds of a contract: the members, from whichever package provides them at each call.

A call is authorised, then the provider is found, then what is given is judged by the contract's own shape: so
a consumer cannot come to depend on what only one provider takes. Inside a request the provider is that of the
request's generation; a call that is under way ends where it began. Data goes in and data comes out, never a
provider's objects.
"""

from __future__ import annotations

import builtins
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from peers_runtime.base import errors
from peers_runtime.contracts import payloads
from peers_runtime.contracts.ports import Now, Reach
from peers_runtime.contracts.registry import Provider
from peers_runtime.contracts.subscriptions import Callback, Member
from peers_runtime.contributions import stopping
from peers_runtime.model.manifest import ConsumedData
from peers_runtime.rules.permissions import Act

Subscribe = Callable[[Member, Callback], Callable[[], None]]
Bound = TypeVar("Bound")


class ContractProxy:
    """A contract as one consumer sees it. Safe in threads; `dispose` ends it and its subscriptions."""

    def __init__(self, consumed: ConsumedData, now: Now, subscribe: Subscribe) -> None:
        self.consumed = consumed
        self._now = now
        self._subscribe = subscribe
        self._undos: dict[Callable[[], None], None] = {}
        self._is_disposed = False
        self.tools = ToolProxies(self, "tools")
        self.tables = TableProxies(self, "tables")
        self.observables = ObservableProxies(self, "observables")
        self.events = EventProxies(self, "events")

    @property
    def provider(self) -> str:
        """Who provides it now: `tasks@1.2.0`. Raises `ContractMissing`."""
        return self.reached(Act.READ)[1].label

    def dispose(self) -> None:
        """End its subscriptions; calls on it raise `ProxyDisposed` from now on. Twice does no harm."""
        self._is_disposed = True
        while self._undos:
            self._undos.popitem()[0]()

    def reached(self, act: Act) -> tuple[Reach, Provider]:
        """The generation that a call is about, and the provider there, for one who may do `act`.

        Raises `ProxyDisposed`, `RoleTooLow` or `ContractMissing`.
        """
        if self._is_disposed:
            raise errors.ProxyDisposed(
                f"the proxy of the contract {self.consumed.label} was disposed of",
                hint="ask the context again: ctx.contract(contract_id, version)",
                contract=self.consumed.contract_id,
                version=self.consumed.version,
            )
        reach = self._now()
        reach.authorise(act)
        provider = reach.providers.provider(self.consumed)
        if provider is None:
            raise errors.ContractMissing(
                f"nobody provides the contract {self.consumed.label} here any more",
                hint="ask the context again before each use of an optional contract",
                contract=self.consumed.contract_id,
                version=self.consumed.version,
            )
        return reach, provider

    def subscribe(self, kind: str, name: str, callback: Callback) -> Callable[[], None]:
        """Hear of a member of the contract, whoever provides it; answers with the undo."""
        self.reached(Act.READ)
        end = self._subscribe(Member(self.consumed, kind, name), callback)
        undos = self._undos
        undos[end] = None

        def undo() -> None:  # leads to no version: a module of one may keep it
            undos.pop(end, None)
            end()

        return undo

    def __repr__(self) -> str:
        return f"<contract {self.consumed.label}>"


class _Proxies(Mapping[str, Bound], Generic[Bound]):
    """The members of one kind, by name."""

    def __init__(self, proxy: ContractProxy, kind: str) -> None:
        self._proxy = proxy
        self._kind = kind

    def __getitem__(self, name: str) -> Bound:
        """Raises `UnknownMember`, and what finding the provider raises."""
        self._proxy.reached(Act.READ)[1].member(self._kind, name)
        return self._bind(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._proxy.reached(Act.READ)[1].names(self._kind))

    def __len__(self) -> int:
        return len(self._proxy.reached(Act.READ)[1].names(self._kind))

    def __repr__(self) -> str:
        return f"<{self._kind} of {self._proxy!r}>"

    @abstractmethod
    def _bind(self, name: str) -> Bound: ...


class ToolProxy:
    """A tool of the contract. Arguments that the contract does not name are errors, whoever provides it."""

    __slots__ = ("_name", "_proxy")

    def __init__(self, proxy: ContractProxy, name: str) -> None:
        self._proxy = proxy
        self._name = name

    def __call__(self, /, **arguments: Any) -> Any:
        """The result as data. Raises `InvalidInput`, and what calling the provider's own tool raises."""
        return self.invoke(arguments)

    def invoke(
        self, arguments: Mapping[str, Any], *, cancel: stopping.Cancel | None = None, run_key: str = ""
    ) -> Any:
        """The same with arguments as data; the tool sees `cancel` and `run_key` in its `ctx`."""
        tool, given = self._ready(arguments)
        answer = tool.run(given, stopping.stop(cancel, None), run_key=run_key)
        return payloads.answered(answer, "what the tool {!r} answers with", self._name)

    async def acall(self, /, **arguments: Any) -> Any:
        """The same in a running event loop."""
        tool, given = self._ready(arguments)
        return payloads.answered(await tool.ainvoke(given), "what the tool {!r} answers with", self._name)

    @property
    def member(self) -> tuple[str, Mapping[str, Any]]:
        """The id that the provider has given it, and its shape in the contract."""
        return self._proxy.reached(Act.READ)[1].member("tools", self._name)

    def _ready(self, arguments: Mapping[str, Any]) -> tuple[Any, Any]:
        reach, provider = self._proxy.reached(Act.READ)
        tool_id, _ = provider.member("tools", self._name)
        given = payloads.given(arguments, "what the tool {!r} is given", self._name)
        refusal = provider.refusal(self._name, given)
        if refusal is not None:
            raise errors.InvalidInput(
                f"the arguments do not fit the tool {self._name!r} of the contract"
                f" {provider.contract}: {refusal}",
                hint=f"see its shape with: peers contracts show {self._proxy.consumed.label}",
                tool=self._name,
                contract=self._proxy.consumed.contract_id,
                version=self._proxy.consumed.version,
            )
        return reach.tools[tool_id], given

    def __repr__(self) -> str:
        return f"<tool {self._name} of {self._proxy!r}>"


class TableProxy:
    """A table of the contract: what a package's own table can, with rows as dictionaries."""

    __slots__ = ("_name", "_proxy")

    def __init__(self, proxy: ContractProxy, name: str) -> None:
        self._proxy = proxy
        self._name = name

    def get(self, key: Any, /) -> dict[str, Any] | None:
        """The row with this primary key, or None."""
        return _row(self._answer(self._table(Act.READ).get(self._given(key))))

    def list(
        self, /, *, limit: int | None = None, after: Any = None, **equals: Any
    ) -> builtins.list[dict[str, Any]]:
        """The rows whose columns have these values, by primary key; at most `limit`, `after` a key."""
        found = self._table(Act.READ).list(limit=limit, after=self._given(after), **self._given(equals))
        return [dict(row) for row in self._answer(found)]

    def each(self, /, **equals: Any) -> Iterator[dict[str, Any]]:
        """`list` for any number of rows, one after the other; few of them are in memory at once."""
        for row in self._table(Act.READ).each(**self._given(equals)):
            yield dict(self._answer(row))

    def count(self, /, **equals: Any) -> int:
        """How many rows have columns with these values."""
        return int(self._table(Act.READ).count(**self._given(equals)))

    def find_one(self, /, **equals: Any) -> dict[str, Any] | None:
        """The first row by primary key whose columns have these values, or None."""
        return _row(self._answer(self._table(Act.READ).find_one(**self._given(equals))))

    def insert(self, row: Mapping[str, Any] | BaseModel, /) -> dict[str, Any]:
        """Store a new row; answers with it as stored. This and all that follow take a Writer."""
        return dict(self._answer(self._table(Act.WRITE).insert(self._given(row))))

    def save(self, row: Mapping[str, Any] | BaseModel, /) -> dict[str, Any]:
        """Store a row, in place of the one with its primary key if there is one."""
        return dict(self._answer(self._table(Act.WRITE).save(self._given(row))))

    def update(self, key: Any, /, **changes: Any) -> dict[str, Any]:
        """Change these columns of a row; answers with the whole row. Raises `UnknownRow`."""
        return dict(self._answer(self._table(Act.WRITE).update(self._given(key), **self._given(changes))))

    def delete(self, key: Any, /) -> bool:
        """Delete the row with this primary key; False when there is none."""
        return bool(self._table(Act.WRITE).delete(self._given(key)))

    def _table(self, act: Act) -> Any:
        reach, provider = self._proxy.reached(act)
        return reach.tables[provider.member("tables", self._name)[0]]

    def _given(self, value: object) -> Any:
        return payloads.given(value, "what the table {!r} is given", self._name)

    def _answer(self, value: object) -> Any:
        """Rows are written under the names of their columns, whatever aliases the model has."""
        return payloads.answered(value, "what the table {!r} answers with", self._name, by_alias=False)

    def __repr__(self) -> str:
        return f"<table {self._name} of {self._proxy!r}>"


def _row(answer: Any) -> dict[str, Any] | None:
    return None if answer is None else dict(answer)


class ObservableProxy:
    """An observable of the contract: called, it answers with its value now."""

    __slots__ = ("_name", "_proxy")

    def __init__(self, proxy: ContractProxy, name: str) -> None:
        self._proxy = proxy
        self._name = name

    def __call__(self) -> Any:
        observable = self._reached(Act.READ)
        return payloads.answered(observable.value(), "the value of {!r}", self._name)

    def set(self, value: Any) -> None:
        """Make it the value, when the contract lets others do that. Takes a Writer.

        Raises `NotWritable` when it does not, or when the provider refuses; the value is then what it was.
        """
        _, provider = self._proxy.reached(Act.WRITE)
        if "writable" not in provider.member("observables", self._name)[1]:
            raise errors.NotWritable(
                f"the observable {self._name!r} of the contract {provider.contract} is only read",
                hint="ask its provider's author for writable=True",
                observable=self._name,
            )
        self._reached(Act.WRITE).set(payloads.given(value, "the value for {!r}", self._name))

    def subscribe(self, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Call `callback(value)` after every change, also of the provider; answers with the undo."""
        return self._proxy.subscribe("observables", self._name, callback)

    def _reached(self, act: Act) -> Any:
        reach, provider = self._proxy.reached(act)
        return reach.observables[provider.member("observables", self._name)[0]]

    def __repr__(self) -> str:
        return f"<observable {self._name} of {self._proxy!r}>"


class EventProxy:
    """An event of the contract."""

    __slots__ = ("_name", "_proxy")

    def __init__(self, proxy: ContractProxy, name: str) -> None:
        self._proxy = proxy
        self._name = name

    def subscribe(self, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Call `callback(payload)` whenever it happens, whoever provides it; answers with the undo."""
        return self._proxy.subscribe("events", self._name, callback)

    def __repr__(self) -> str:
        return f"<event {self._name} of {self._proxy!r}>"


class ToolProxies(_Proxies[ToolProxy]):
    """The tools of a contract, by name."""

    def _bind(self, name: str) -> ToolProxy:
        return ToolProxy(self._proxy, name)


class TableProxies(_Proxies[TableProxy]):
    """The tables of a contract, by name."""

    def _bind(self, name: str) -> TableProxy:
        return TableProxy(self._proxy, name)


class ObservableProxies(_Proxies[ObservableProxy]):
    """The observables of a contract, by name."""

    def _bind(self, name: str) -> ObservableProxy:
        return ObservableProxy(self._proxy, name)


class EventProxies(_Proxies[EventProxy]):
    """The events of a contract, by name."""

    def _bind(self, name: str) -> EventProxy:
        return EventProxy(self._proxy, name)
