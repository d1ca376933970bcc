"""The few lines of host code that the demo shows and runs."""

from __future__ import annotations

from typing import Any


def describe_notes() -> str:
    import notes.store  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]

    described: str = notes.store.describe()
    return described


def ask_both(runtime: Any) -> list[str]:
    answers = []
    for name in ("acme", "globex"):
        with runtime.context(name):
            answers.append(describe_notes())
    return answers
