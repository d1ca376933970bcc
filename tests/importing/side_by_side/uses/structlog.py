"""Logs with bound values, as JSON, and into the standard library."""

import io
import json
import logging

import structlog


def use() -> object:
    stream = io.StringIO()
    processors = [structlog.stdlib.add_log_level, structlog.processors.JSONRenderer()]
    made = structlog.wrap_logger(structlog.PrintLogger(stream), processors=processors)
    made.bind(user="a").info("hello", n=1)
    assert json.loads(stream.getvalue()) == {"user": "a", "n": 1, "event": "hello", "level": "info"}
    factory = structlog.stdlib.LoggerFactory()
    assert isinstance(factory(), logging.Logger)
    return made
