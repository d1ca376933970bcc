"""`logging` for a realm's code: loggers that say which version speaks, and are configured by logical name.

A realm's logger for `notes.store` is called `notes@1.2.0:notes.store`. It is known to its realm only and
dies with it. Level, handlers and `propagate` are looked up along both lines at once, the realm's own
before the process-wide one: `notes@1.2.0:notes.store`, `notes.store`, `notes@1.2.0:notes`, `notes`, root.
So what a host configures for `notes` reaches every version, and what a version configures only itself.
"""

from __future__ import annotations

import logging
import sys

from peers_runtime.importing import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from peers_runtime.importing.realm import Realm


class Loggers:
    """The loggers of one realm."""

    def __init__(self, realm: Realm) -> None:
        self._realm = realm
        self._made: dict[str, logging.Logger] = {}

    def members(self) -> dict[str, Any]:
        def getLogger(name: str | None = None) -> logging.Logger:  # noqa: N802  # logging's name
            return self.get(name) if name else logging.getLogger(name)

        return {"getLogger": getLogger}

    def get(self, name: str) -> logging.Logger:
        """The realm's logger for a mangled or logical name; the process's for a name that is the host's."""
        realm = self._realm
        if realm.owns(name):
            name = names.split(name)[1]
        if not isinstance(name, str) or name.partition(".")[0] not in realm.contents.roots:
            return logging.getLogger(name)
        made = self._made.get(name)
        if made is None:
            made = self._made.setdefault(name, self._make(name))
        return made

    def known(self, name: str) -> logging.Logger | None:
        return self._made.get(name)

    def _make(self, name: str) -> logging.Logger:
        realm, loggers = self._realm, self

        class RealmLogger(logging.getLoggerClass()):  # type: ignore[misc]  # the host may have set its own
            def getEffectiveLevel(self) -> int:  # noqa: N802  # logging's name
                return next((logger.level for logger in loggers._line(name) if logger.level), logging.NOTSET)

            def isEnabledFor(self, level: int) -> bool:  # noqa: N802  # logging's name
                # Without the base's cache: the manager does not know this logger, so it cannot clear it.
                if self.disabled or self.manager.disable >= level:
                    return False
                return level >= self.getEffectiveLevel()

            def hasHandlers(self) -> bool:  # noqa: N802  # logging's name
                return any(logger.handlers for logger in loggers._line(name))

            def callHandlers(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
                found = False
                for logger in loggers._line(name):
                    for handler in logger.handlers:
                        found = True
                        if record.levelno >= handler.level:
                            handler.handle(record)
                if not found:
                    super().callHandlers(record)

            def getChild(self, suffix: str) -> logging.Logger:  # noqa: N802  # logging's name
                return loggers.get(f"{name}.{suffix}")

            def __reduce__(self) -> tuple[Any, ...]:
                return revive, (names.prefix(realm.tag) + name,)

        made: logging.Logger = RealmLogger(f"{realm.label}:{name}")
        made.parent = logging.getLogger(name)
        return made

    def _line(self, name: str) -> Iterator[logging.Logger]:
        """Where settings are looked up: as far as every logger on the way propagates."""
        present = logging.Logger.manager.loggerDict
        while name:
            for logger in (self._made.get(name), present.get(name)):
                if isinstance(logger, logging.Logger):
                    yield logger
                    if not logger.propagate:
                        return
            name = name.rpartition(".")[0]
        yield logging.getLogger()


def revive(mangled: str) -> logging.Logger:
    """For pickles: the logger of a realm, by the mangled name."""
    tag, logical = names.split(mangled)
    root = names.PREFIX + tag
    __import__(root)
    realm: Realm = sys.modules[root].__spec__.loader_state  # type: ignore[union-attr]  # a realm's root has a spec
    return realm.stand_ins().loggers().get(logical)


def purge(prefix: str) -> None:
    """Takes handlers and filters that a realm's code defined off every logger of the process."""
    manager = logging.Logger.manager
    for logger in (logging.getLogger(), *manager.loggerDict.values()):
        if not isinstance(logger, logging.Logger):
            continue
        for handler in tuple(logger.handlers):
            if _module_of(type(handler)).startswith(prefix):
                logger.removeHandler(handler)
                handler.close()
        for each in (logger, *logger.handlers):
            for filter_ in tuple(each.filters):
                if _module_of(filter_).startswith(prefix):
                    each.removeFilter(filter_)


def _module_of(thing: object) -> str:
    module = getattr(thing, "__module__", None) or type(thing).__module__
    return module if isinstance(module, str) else ""
