"""Logs to a sink, with a record that names function and level."""

from loguru import logger


def use() -> object:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{level} {function} {message}", level="INFO")
    logger.info("hello {}", "you")
    logger.debug("unheard")
    logger.remove(sink)
    assert lines == ["INFO use hello you\n"]
    return logger
