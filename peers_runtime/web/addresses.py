"""Where the console's pages are, below wherever it is mounted."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from peers_runtime.web import static


@dataclass(frozen=True)
class Addresses:
    """Of one context. `base` is the prefix that the console is mounted under, without a slash at its end."""

    base: str
    context_id: str

    def static(self, name: str) -> str:
        return f"{self.base}/static/{static.digest()}/{name}"

    def at(self, *words: str, **fields: str) -> str:
        """The page with these words in its address, one after the other."""
        return self._at("/".join(quote(word, safe="") for word in words) + _query(fields))

    def home(self) -> str:
        return self._at("")

    def packages(self) -> str:
        return self._at("packages")

    def versions(self, name: str) -> str:
        return self._at(f"packages/{quote(name, safe='')}")

    def act(self, name: str, act: str, **fields: str) -> str:
        return f"{self.versions(name)}/{act}{_query(fields)}"

    def contracts(self) -> str:
        return self._at("contracts")

    def provide(self, **fields: str) -> str:
        return self._at(f"contracts/provide{_query(fields)}")

    def diagnostics(self) -> str:
        return self._at("diagnostics")

    def graph(self) -> str:
        return self._at("graph")

    def screen(self, path: str, **fields: str) -> str:
        return self._at(f"s/{quote(path)}{_query(fields)}")

    def beside(self, other: str, path: str) -> str:
        return self._at(f"beside/{quote(other, safe='')}/{quote(path)}")

    def asset(self, digest: str, path: str) -> str:
        return f"{self.assets()}{digest}/{quote(path)}"

    def assets(self) -> str:
        return self._at("assets/")

    def sub_application(self, peers_ui_id: str) -> str:
        return self._at(f"apps/{peers_ui_id}")

    def tools(self) -> str:
        return self._at("tools/")

    def contract(self) -> str:
        """Of what pages' modules hold of contracts, without which one."""
        return self._at("contract/")

    def events(self) -> str:
        return self._at("events")

    def fresh(self, package: str) -> str:
        return self._at(f"fresh/{quote(package, safe='')}")

    def of(self, context_id: str) -> Addresses:
        """Those of another context."""
        return Addresses(self.base, context_id)

    def _at(self, rest: str) -> str:
        return f"{self.base}/c/{quote(self.context_id, safe='')}/{rest}"


def _query(fields: dict[str, str]) -> str:
    return f"?{urlencode(fields)}" if fields else ""
