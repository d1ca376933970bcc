"""What the engine asks of the rooms below, from plain folders: no database, no snapshots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from peers_runtime.contributions.belongings import Belongings
from peers_runtime.contributions.lines import Line
from peers_runtime.importing.lock import Lock
from peers_runtime.model.active import ActivePackage, State
from peers_runtime.model.contributions import AppNav
from peers_runtime.model.manifest import (
    Definition,
    Dependency,
    HookData,
    Manifest,
    PrivateEntry,
    TableData,
    UIData,
    VariableData,
)
from peers_runtime.rules.providing import ContractRecords
from tests.fakes.disk_bytes import DiskBytes
from tests.world import an_id


class Platform:
    """A host that contributes nothing itself."""

    label = "peers@0"
    definition = Definition(package_id=an_id("peers"), reference="")

    belongings = Belongings()

    def load(self, reference: str) -> Any:
        raise LookupError(reference)

    def logical(self, text: str) -> str:
        return text


class FakeMemory:
    """Keeps packages that are added, and what is reported."""

    def __init__(self, folder: Path) -> None:
        self._bytes = DiskBytes(folder)
        self.reports: list[tuple[str, str]] = []
        self.rows_of: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._manifests: dict[str, Manifest] = {}

    def add(
        self,
        name: str,
        version: str = "1.0.0",
        files: Mapping[str, str] | None = None,
        hooks: tuple[HookData, ...] = (),
        ui: str | None = None,
    ) -> ActivePackage:
        """A package with a definition module, one route and one UI, which shows name and version."""
        ui = ui or an_id(name, "ui")
        tree = {
            f"{name}/__init__.py": "",
            f"{name}/package.py": "package = 'the definition'\n",
            f"{name}/ui.py": f"def home(props, ctx):\n    return '{name} {version}'\n",
            **{f"{name}/{path}": text for path, text in (files or {}).items()},
        }
        digest = self._bytes.add(tree)
        definition = Definition(
            package_id=an_id(name),
            reference=f"{name}.package:package",
            uis=(
                UIData(peers_ui_id=ui, name="Home", type="view", target="html", reference=f"{name}.ui:home"),
            ),
            lifecycle_hooks=hooks,
            app_navs=(AppNav(name=name),),
        )
        self._manifests[digest] = Manifest(
            id=digest,
            name=name,
            version=version,
            files=(),
            modules=(),
            definition=definition,
            created_at="2026-01-01T00:00:00+00:00",
            updated_at="2026-01-01T00:00:00+00:00",
        )
        row = [ui, name, None, "screen", None, None, 0, False, None]
        return ActivePackage(name, an_id(name), version, digest, [row], [{"name": name}])

    def bytes(self, package: ActivePackage) -> DiskBytes:
        return self._bytes

    def uses(self, packages: Sequence[ActivePackage]) -> None:
        """Files in a folder are never given up."""

    def manifest(self, digest: str) -> Manifest:
        return self._manifests[digest]

    def lock(
        self,
        package: ActivePackage,
        shared: Sequence[str],
        private: Sequence[PrivateEntry],
        dependencies: Sequence[Dependency],
    ) -> Lock:
        return Lock(package.name, package.version, package.digest)

    def platform(self) -> Platform:
        return Platform()

    def contract_records(self, context_id: str) -> ContractRecords:
        return ContractRecords()

    def would_provide(self, context_id: str, contract_id: str, version: int) -> list[str]:
        return []

    def rows(self, context_id: str, package_id: str, table: TableData) -> Any:
        raise AssertionError("no test of the engine reads a table")

    def variable(self, context_id: str, actor: str, package_id: str, variable: VariableData) -> Any:
        raise AssertionError("no test of the engine reads a variable")

    def report(
        self,
        code: str,
        message: str,
        hint: str,
        subject: str,
        context_id: str | None,
        line: Line | None = None,
    ) -> None:
        self.reports.append((code, subject))


def state(sequence: int, contexts: Mapping[str, list[ActivePackage]]) -> State:
    """The facts that these packages are active in these contexts."""
    packages = {package.key: package for active in contexts.values() for package in active}
    positions = {key: position for position, key in enumerate(packages)}
    sets = {tuple(positions[package.key] for package in active) for active in contexts.values()}
    order = sorted(sets)
    return State(
        sequence,
        list(packages.values()),
        order,
        {
            context_id: (
                "group",
                order.index(tuple(positions[package.key] for package in active)),
                {},
            )
            for context_id, active in contexts.items()
        },
        sorted({package.name for package in packages.values()}),
    )
