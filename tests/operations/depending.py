"""Packages that depend on packages: base 1 and 2, left that depends on the one, right on the other."""

from __future__ import annotations

from pathlib import Path

from peers_runtime import Runtime
from tests.world import project, screen


def written(folder: Path, name: str, version: str, *imports: str, **more: str) -> Path:
    """A project whose UI says which version it is, and what those that it imports say."""
    said = [f"{name} {version}", *(f"({{{one}.ui.home(props, ctx)}})" for one in imports)]
    ui = [
        *(f"import {one}.ui" for one in imports),
        "def home(props, ctx):",
        f"    return f{' '.join(said)!r}",
    ]
    files = screen(name, name, "") | {"ui.py": "\n".join(ui) + "\n"}
    return project(folder / f"{name}-{version}", name, version, files, **more)


def released(runtime: Runtime, folder: Path) -> str:
    """Released stable in the personal context; answers with the snapshot."""
    made = runtime.install(folder)
    runtime.promote(made.name, made.version, "stable")
    return made.snapshot_digest


def base_left_right(runtime: Runtime, tmp_path: Path) -> None:
    """base 1.0.0 and 2.0.0; left depends on the one and right on the other; all are stable."""
    released(runtime, written(tmp_path, "base", "1.0.0"))
    left = written(tmp_path, "left", "1.0.0", "base")
    runtime.add_packages(left, "base")
    released(runtime, left)
    released(runtime, written(tmp_path, "base", "2.0.0"))
    right = written(tmp_path, "right", "1.0.0", "base")
    runtime.add_packages(right, "base>=2")
    released(runtime, right)


def top(world: Runtime, tmp_path: Path) -> Path:
    folder = written(tmp_path, "top", "1.0.0", "left", "right", "base")
    world.add_packages(folder, "left", "right", "base<2")
    return folder


TOP = "top 1.0.0 (left 1.0.0 (base 1.0.0)) (right 1.0.0 (base 2.0.0)) (base 1.0.0)"
