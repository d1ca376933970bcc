"""Measures two realms with coverage.py: a process of its own, because only one tool can trace at a time."""

from __future__ import annotations

import importlib
import pickle
import sys
from pathlib import Path

import coverage


def main(place: str) -> None:
    loader, tags = pickle.loads(Path(place).read_bytes())
    loader.register()
    measuring = coverage.Coverage(data_file=None, config_file=False, source=[str(loader.folder)])
    measuring.start()
    modules = [importlib.import_module(f"peers_packages.{tag}.notes.app") for tag in tags]
    measuring.stop()
    for module in modules:
        _, _, _, missing, _ = measuring.analysis2(module.__file__)
        sys.stdout.write(f"{missing}\n")


if __name__ == "__main__":
    main(sys.argv[1])
