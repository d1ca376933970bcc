"""Logging by logical name."""

from __future__ import annotations

import copy
import logging
import logging.config
import pickle
from collections.abc import Iterator

import pytest

from tests.importing.realms import Both, feature

STORE = """
    import logging
    from logging import getLogger
    logger = logging.getLogger(__name__)
    same = getLogger("notes.store")
    root, host = logging.getLogger(), logging.getLogger("myhost")
    def warn(): logger.warning("from %s", $V)
    def debug(): logger.debug("detail %s", $V)
"""
FILES = {
    "notes/__init__.py": "import logging\nlogger = logging.getLogger(__name__)\n",
    "notes/store.py": STORE,
}


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name} {record.getMessage()}")


@pytest.fixture
def kept() -> Iterator[Kept]:
    """A handler on the logical logger `notes`, as a host would configure it."""
    handler = Kept()
    logger = logging.getLogger("notes")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)
    for name in ("notes", "notes.store"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@feature(
    "what a host configures for `notes` reaches both versions, and each line names its version", "logging"
)
def test_logging_by_logical_name(both: Both, kept: Kept) -> None:
    realms = both(FILES)
    for realm, _ in realms:
        realm.load("notes.store:warn")()
        realm.load("notes.store:debug")()
    assert kept.lines == ["WARNING notes@1.0.0:notes.store from 1", "WARNING notes@2.0.0:notes.store from 2"]
    logging.getLogger("notes").setLevel(logging.DEBUG)
    for realm, _ in realms:
        realm.load("notes.store:debug")()
    assert kept.lines[2:] == [
        "DEBUG notes@1.0.0:notes.store detail 1",
        "DEBUG notes@2.0.0:notes.store detail 2",
    ]


@feature("`logging.config.dictConfig` by logical name", "logging")
def test_dict_config(both: Both, kept: Kept) -> None:
    realms = both(FILES)
    for realm, _ in realms:
        realm.module("notes.store")
    logging.config.dictConfig(
        {"version": 1, "incremental": True, "loggers": {"notes.store": {"level": "ERROR"}}}
    )
    for realm, _ in realms:
        realm.load("notes.store:warn")()
    assert kept.lines == []


@feature("`logging.config.dictConfig` in a package: classes by dotted names are its own", "logging")
def test_dict_config_names_own_classes(both: Both) -> None:
    app = """
        import logging.config
        class Lines(logging.Handler):
            def __init__(self, to):
                super().__init__()
                self.to = to
            def emit(self, record): self.to.append(self.format(record))
        def made(line): return logging.Formatter(f"$V {line}")
        lines = []
        def configure():
            logging.config.dictConfig({
                "version": 1, "disable_existing_loggers": False,
                "formatters": {"f": {"()": "notes.app.made", "line": "%(message)s"}},
                "handlers": {"h": {**handler, "to": "ext://notes.app.lines", "formatter": "f"}},
                "loggers": {"notes_to_configure": {"handlers": ["h"]}},
            })
        handler = {"class": "notes.app.Lines"}
        kind = logging.config.DictConfigurator.__name__, logging.config.listen.__name__
    """
    for realm, v in both({"notes/__init__.py": "", "notes/app.py": app}):
        module = realm.module("notes.app")
        module.configure()
        logger = logging.getLogger("notes_to_configure")
        logger.warning("told")
        assert module.lines == [f"{v} told"]
        assert [type(handler) for handler in logger.handlers] == [module.Lines]
        assert module.kind == ("DictConfigurator", "listen")
    logger.handlers.clear()


@feature("loggers by `__name__`, by logical name, of children, of the host", "logging")
def test_loggers_by_name(both: Both) -> None:
    for realm, v in both(FILES):
        module = realm.module("notes.store")
        assert module.logger is module.same
        assert module.logger.name == f"notes@{v}.0.0:notes.store"
        assert module.root is logging.getLogger()
        assert module.host is logging.getLogger("myhost")
        assert module.logger.getChild("deep").name == f"notes@{v}.0.0:notes.store.deep"
        assert module.logger.parent is logging.getLogger("notes.store")
        assert isinstance(module.logger, logging.getLoggerClass())
        assert not [
            name for name in logging.Logger.manager.loggerDict if "@" in name or "peers_packages" in name
        ]


@feature("what a version configures for itself concerns that version only", "logging")
def test_a_version_configures_itself(both: Both, kept: Kept) -> None:
    (one, _), (two, _) = both(FILES)
    own = Kept()
    one.load("notes:logger").addHandler(own)
    one.load("notes:logger").setLevel(logging.DEBUG)
    for realm in (one, two):
        realm.load("notes.store:debug")()
    assert own.lines == kept.lines == ["DEBUG notes@1.0.0:notes.store detail 1"]
    one.load("notes:logger").propagate = False
    one.load("notes.store:warn")()
    assert (len(own.lines), len(kept.lines)) == (2, 1)


@feature("loggers are copied and pickled like any other", "logging")
def test_loggers_are_pickled_by_name(both: Both) -> None:
    for realm, _ in both(FILES):
        logger = realm.load("notes.store:logger")
        assert copy.copy(logger) is logger
        assert pickle.loads(pickle.dumps(logger)) is logger


@feature("loggers with no handler at all: the last resort", "logging")
def test_the_last_resort(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    last = Kept()
    monkeypatch.setattr(logging, "lastResort", last)
    for realm, _ in both(FILES):
        assert not realm.load("notes.store:logger").hasHandlers()
        realm.load("notes.store:warn")()
    assert len(last.lines) == 2
