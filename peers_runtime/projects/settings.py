"""`[tool.peers]` of a project's pyproject.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peers_runtime.base import errors
from peers_runtime.projects import ranges
from peers_runtime.snapshots import requirements
from peers_runtime.snapshots.source import is_import_name

_KEYS = ("private", "shared", "budget_ms", "dependencies")
_TAG_KEYS = frozenset({"version_tag", "tag", "dev_tag"})
_STATUS_KEYS = frozenset({"status", "components"})


@dataclass(frozen=True)
class Settings:
    """What the author asks of the host, each checked."""

    private: tuple[str, ...]
    shared: tuple[str, ...]
    dependencies: Mapping[str, str]  # import name of a package -> range
    budget_ms: float | None


def read(table: object) -> Settings:
    """Raises `InvalidSetting` for an unknown key or a wrong value, `TagInCode` for a version tag.

    And `ReservedName`, and `InvalidStatusTransition` for the status of components.
    """
    where = "[tool.peers]"
    if not isinstance(table, dict):
        raise _invalid(f"{where} is {table!r}, but it must be a table")
    for key in table:
        _check_key(key, where)
    return Settings(
        private=requirements.private(_texts(table, "private", where), f"{where} private"),
        shared=requirements.normalise(_texts(table, "shared", where), f"{where} shared"),
        dependencies=_dependencies(table.get("dependencies", {})),
        budget_ms=_budget(table.get("budget_ms"), where),
    )


def _check_key(key: str, where: str) -> None:
    if key in _TAG_KEYS:
        raise errors.TagInCode(
            f"{where} sets {key!r}: whether a version is dev, beta or stable is not the package's to say",
            hint=f"remove {key!r}: the platform tags a version, code never does",
            key=key,
        )
    if key in _STATUS_KEYS:
        raise errors.InvalidStatusTransition(
            f"{where} sets {key!r}: whether a component is a draft, modified or published is computed",
            hint=f"remove {key!r}: `peers pack` publishes what has changed, `peers component list` shows it",
            key=key,
        )
    if key not in _KEYS:
        raise _invalid(f"{where} has the unknown key {key!r}; known are {', '.join(_KEYS)}")


def _texts(table: Mapping[str, Any], key: str, where: str) -> list[str]:
    value: object = table.get(key, [])
    if not isinstance(value, list):
        raise _invalid(f"{where} {key} is {value!r}, but it must be a list of requirements")
    for item in value:
        if not isinstance(item, str):
            raise _invalid(f"{where} {key} holds {item!r}, but each item must be a requirement in quotes")
    return value


def _dependencies(value: object) -> Mapping[str, str]:
    where = "[tool.peers.dependencies]"
    if not isinstance(value, dict):
        raise _invalid(f"{where} is {value!r}, but it must be a table")
    for name, version_range in value.items():
        if not is_import_name(name):
            raise _invalid(f"{where} names {name!r}, but a package is named by its import name")
        if not isinstance(version_range, str):
            raise _invalid(
                f'{where} {name} is {version_range!r}, but a range in quotes is needed, like ">=1.2,<2"'
            )
    return {name: ranges.normalise(text, f"{where} {name}") for name, text in sorted(value.items())}


def _budget(value: object, where: str) -> float | None:
    if value is None:
        return None
    # TOML's inf and nan are floats too
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise _invalid(f"{where} budget_ms is {value!r}, but it must be a number of milliseconds above 0")
    return float(value)


def _invalid(message: str) -> errors.InvalidSetting:
    return errors.InvalidSetting(message, hint="mend it in pyproject.toml")
