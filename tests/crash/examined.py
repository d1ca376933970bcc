"""A home after a crash: does it open, is what it says true, and is everything whole?"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from peers_runtime import Runtime
from peers_runtime.catalog import index
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.location import Location
from peers_runtime.model.active import State
from tests.crash import scenes
from tests.crash.scenes import Facts


class Broken(AssertionError):
    """A promise that the home does not keep."""


def examined(home: Path, allowed: Sequence[Facts]) -> Facts:
    """What the home says, which must be one of the `allowed`. Raises `Broken`, or what opening it raises."""
    trusted = _index(home)
    with scenes.opened(home) as runtime:
        _index_is_true(runtime, trusted, "the index that was found")
        found = scenes.facts(runtime)
        if found not in allowed:
            raise Broken(f"the home says {found}\n  it should say {' or '.join(map(str, allowed))}")
        _index_is_true(runtime, _index(home), "the index after opening")
        _histories_hold(runtime)
        _feed_has_no_gap(runtime)
        _snapshots_are_whole(runtime)
    if scenes.catalog(home) is None:
        _database_is_whole(home)
    return found


def temporaries(home: Path) -> list[Path]:
    """Files that somebody was about to put in place."""
    names = ("*.tmp", "*.new", "realms/*.json.*")
    return [path for name in names for path in home.rglob(name)]


def _index(home: Path) -> State | None:
    catalog = scenes.catalog(home)
    if catalog is None:
        return index.read(str(home / "index.json"))
    location = Location(Home(home), catalog)
    return index.read(location.index_path, None, location.name)


def _index_is_true(runtime: Runtime, known: State | None, what: str) -> None:
    if known is None:
        return  # it is not trusted: the catalog is asked
    with runtime.services.catalog.read() as reader:
        truth = reader.state(runtime.device)
    if scenes.catalog(runtime.home) is not None and known.sequence != truth.sequence:
        return  # nor is one that has not the last change of a catalog that others write
    if [known.sequence, *_told(known)] != [truth.sequence, *_told(truth)]:
        raise Broken(
            f"{what} says {known.sequence}: {_told(known)}, the catalog {truth.sequence}: {_told(truth)}"
        )


def _told(state: State) -> list[object]:
    return [sorted((context, [one.label for one in state.active(context)]) for context in state.contexts)]


def _histories_hold(runtime: Runtime) -> None:
    for context in (one.context_id for one in runtime.contexts.list()):
        for package in runtime.packages(context):
            for told in runtime.history(package.name, context):
                if told.problems:
                    raise Broken(f"the history of {told.version.version}: {'; '.join(told.problems)}")


def _feed_has_no_gap(runtime: Runtime) -> None:
    with runtime.services.catalog.read() as reader:
        numbers = [one.sequence for one in reader.changes()]
    if numbers != list(range(1, len(numbers) + 1)):
        raise Broken(f"the feed of changes has gaps: {numbers}")


def _snapshots_are_whole(runtime: Runtime) -> None:
    """What is recorded; bytes that nobody refers to are verified before somebody does."""
    snapshots = runtime.services.snapshots
    with runtime.services.catalog.read() as reader:
        recorded = reader.all_snapshots()
    for digest in recorded:
        snapshots.verify(digest)
        manifest = snapshots.manifest(digest)
        _tree_is_whole(Path(snapshots.folder(digest)), {file.path: file.digest for file in manifest.files})


def _tree_is_whole(folder: Path, files: dict[str, str]) -> None:
    for path, digest in files.items():
        if hashlib.sha256((folder / path).read_bytes()).hexdigest() != digest:
            raise Broken(f"{folder / path} is not what the snapshot has")
    there = {
        os.path.relpath(os.path.join(place, name), folder)
        for place, _, names in os.walk(folder)
        for name in names
    }
    if there != files.keys():
        raise Broken(f"{folder} has {there}, the snapshot {files.keys()}")


def _database_is_whole(home: Path) -> None:
    with closing(sqlite3.connect(home / "catalog.sqlite")) as database:
        said = [row[0] for row in database.execute("PRAGMA integrity_check")]
        orphans = database.execute("PRAGMA foreign_key_check").fetchall()
    if said != ["ok"] or orphans:
        raise Broken(f"the catalog's integrity check says {said}, orphans {orphans}")
