"""Writes the rendered pages, or with `--check` says which ones are out of date."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from docs._render import api, cli, distributions, errors, hooks, lifecycle, realms

REFERENCE = Path(__file__).parents[1] / "reference"
PAGES: Mapping[str, Callable[[], str]] = {
    "api.md": api.page,
    "cli.md": cli.page,
    "errors.md": errors.page,
    "hooks.md": hooks.page,
    "lifecycle.md": lifecycle.page,
    "private-distributions.md": distributions.page,
    "realms.md": realms.page,
}


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("usage: python -m docs._render [--check]", file=sys.stderr)
        return 2
    stale = {name: text for name, render in PAGES.items() if (text := render()) != _read(REFERENCE / name)}
    for name, text in stale.items():
        if arguments:
            print(f"docs/reference/{name} is out of date; render it with: make docs")
        else:
            (REFERENCE / name).write_text(text, encoding="utf-8")
            print(f"docs/reference/{name} rendered")
    return 1 if arguments and stale else 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
