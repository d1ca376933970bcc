"""Packed wheels that must be refused: how each lies, the rule that it breaks, where, and how it is made."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from peers_runtime.base import canonical
from peers_runtime.projects import archive
from peers_runtime.projects.refusals import Rule
from tests import wheels
from tests.projects.packed_parts import INFO, MANIFEST, files_of, with_files, with_manifest

Bytes = Callable[[bytes], bytes]


def entry(name: str, data: bytes | None) -> Bytes:
    return lambda wheel: with_files(wheel, {name: data})


def text(change: Callable[[str], str], name: str = MANIFEST) -> Bytes:
    return lambda wheel: with_files(wheel, {name: change(files_of(wheel)[name].decode()).encode()})


def told(**values: Any) -> Bytes:
    """The manifest says so, and its id is right for it."""
    return lambda wheel: with_manifest(wheel, lambda manifest: manifest.update(values))


def first(key: str, **values: Any) -> Bytes:
    """The manifest says so of the first one, and its id is right for it."""
    return lambda wheel: with_manifest(wheel, lambda manifest: manifest[key][0].update(values))


def metadata(old: str, new: str) -> Bytes:
    return text(lambda said: said.replace(old, new), f"{INFO}/METADATA")


def json_with(said: str, indent: int | None = None, **values: Any) -> str:
    changed = {**json.loads(said), **values}
    return json.dumps(changed, indent=indent) if indent else canonical.dumps(changed).decode()


def deep(times: int) -> str:
    return '{"a":' * times + "1" + "}" * times


def without_record(wheel: bytes) -> bytes:
    return archive.write({name: data for name, data in files_of(wheel).items() if name != f"{INFO}/RECORD"})


NEEDED = {"name": "base", "projectId": "0" * 25, "version": "1.0.0", "digest": "0" * 64}


def needing(**values: str) -> Bytes:
    """It depends on a package of which that is said."""
    return text(lambda said: json_with(said, dependencies=[{**NEEDED, **values}]))


LIES: Mapping[str, tuple[Rule, str, Bytes]] = {
    "a file was changed": ("manifest-differs", MANIFEST, entry("notes/store.py", b"evil = 1\n")),
    "a file was added": ("manifest-differs", MANIFEST, entry("notes/evil.py", b"")),
    "a file was removed": ("manifest-differs", MANIFEST, entry("notes/store.py", None)),
    "a file is beside the package": ("stray-file", "evil.py", entry("evil.py", b"")),
    "a file is in another package": ("stray-file", "notes2/evil.py", entry("notes2/evil.py", b"")),
    "a file is what no package keeps": ("stray-file", "notes/a.pyc", entry("notes/a.pyc", b"")),
    "a file is to be installed elsewhere": (
        "stray-file",
        "notes-1.0.0.data/purelib/a.py",
        entry("notes-1.0.0.data/purelib/a.py", b""),
    ),
    "the id is another": (
        "manifest-differs",
        MANIFEST,
        text(lambda said: json_with(said, id="0" * 64)),
    ),
    "the name is another": ("manifest-differs", MANIFEST, told(name="other")),
    "the version is another": ("manifest-differs", MANIFEST, told(version="1.0.1")),
    "a digest is another": ("manifest-differs", MANIFEST, first("files", digest="0" * 64)),
    "a size is another": ("manifest-differs", MANIFEST, first("files", size=1)),
    "a module is another": ("manifest-differs", MANIFEST, first("modules", name="other")),
    "a component has another name": ("manifest-differs", MANIFEST, first("components", name="Other")),
    "a component has another type": ("manifest-differs", MANIFEST, first("components", type="layout")),
    "a component has the number 0": (
        "manifest-syntax",
        MANIFEST,
        text(lambda said: json_with(said, components=[{**json.loads(said)["components"][0], "version": 0}])),
    ),
    "a component's number is a text": ("manifest-syntax", MANIFEST, first("components", version="1")),
    "a dependency has no digest": ("manifest-syntax", MANIFEST, needing(digest="../" + "0" * 61)),
    "a dependency has no id": ("manifest-syntax", MANIFEST, needing(projectId="x")),
    "a dependency is of no version": ("manifest-syntax", MANIFEST, needing(version="1")),
    "a dependency has no import name": ("manifest-syntax", MANIFEST, needing(name="a.b")),
    "dependencies stand in another order": (
        "manifest-differs",
        MANIFEST,
        told(dependencies=[{**NEEDED, "name": name} for name in ("b", "a")]),
    ),
    "an asset has another type": ("manifest-differs", MANIFEST, first("assets", mime="text/html")),
    "it has a time": ("manifest-differs", MANIFEST, told(createdAt="2026-01-01T00:00:00Z")),
    "it is in another order": ("manifest-syntax", MANIFEST, text(lambda said: json_with(said, indent=1))),
    "it says something twice": (
        "manifest-syntax",
        MANIFEST,
        text(lambda said: said.replace("{", '{"name":"evil",', 1)),
    ),
    "it says more": ("manifest-syntax", MANIFEST, text(lambda said: json_with(said, more=1))),
    "it says less": ("manifest-syntax", MANIFEST, entry(MANIFEST, b"{}")),
    "it is no JSON": ("manifest-syntax", MANIFEST, entry(MANIFEST, b"{")),
    "it is nothing": ("manifest-syntax", MANIFEST, entry(MANIFEST, b"")),
    "it is no UTF-8": ("manifest-syntax", MANIFEST, entry(MANIFEST, b'{"name":"\xff"}')),
    "it is too deep": ("manifest-syntax", MANIFEST, entry(MANIFEST, b"[" * 1_000_000)),
    "it has a deep schema": (
        "manifest-syntax",
        MANIFEST,
        text(lambda said: said.replace('"uis":[{', f'"uis":[{{"propsSchema":{deep(5000)},')),
    ),
    "it has a number that is none": (
        "manifest-syntax",
        MANIFEST,
        text(lambda said: said.replace('"uis":[{', '"uis":[{"propsSchema":{"a":NaN},')),
    ),
    "it has a number that is too large": (
        "manifest-syntax",
        MANIFEST,
        text(lambda said: said.replace('"uis":[{', '"uis":[{"propsSchema":{"a":' + "9" * 5000 + "},")),
    ),
    "there is no METADATA": ("metadata-absent", f"{INFO}/METADATA", entry(f"{INFO}/METADATA", None)),
    "METADATA is of another": ("dist-info-name", f"{INFO}/METADATA", metadata("Name: notes", "Name: other")),
    "METADATA has no name": ("dist-info-name", f"{INFO}/METADATA", metadata("Name: notes\n", "")),
    "METADATA has two names": (
        "dist-info-name",
        f"{INFO}/METADATA",
        metadata("Name: notes\n", "Name: notes\nName: other\n"),
    ),
    "METADATA is of another version": (
        "dist-info-name",
        f"{INFO}/METADATA",
        metadata("Version: 1.0.0", "Version: 1.0.1"),
    ),
    "METADATA is nothing": ("dist-info-name", f"{INFO}/METADATA", entry(f"{INFO}/METADATA", b"")),
    "RECORD is missing": ("record-absent", f"{INFO}/RECORD", without_record),
}


def private(**values: Any) -> Bytes:
    """The manifest says so of its first private distribution, and its id is right for it."""
    return first("private", **values)


CARRIED = f"{INFO}/peers/dep-1.0-py3-none-any.whl"
PRIVATE: Mapping[str, tuple[Rule, str, Bytes]] = {
    "the wheel is missing": ("private-absent", CARRIED, entry(CARRIED, None)),
    "there is another wheel": ("stray-file", f"{INFO}/peers/b.whl", entry(f"{INFO}/peers/b.whl", b"")),
    "the wheel is another one": (
        "manifest-differs",
        MANIFEST,
        lambda wheel: with_files(wheel, {CARRIED: dep("value = 2\n")[0]}),
    ),
    "the content is another": ("manifest-differs", MANIFEST, private(digest="0" * 64)),
    "the imports are others": ("manifest-differs", MANIFEST, private(imports=["json"])),
    "the needs are others": ("manifest-differs", MANIFEST, private(requires=[])),
    "the version is another": ("manifest-differs", MANIFEST, private(version="1.1")),
    "the name is another": (
        "private-misfit",
        f"{INFO}/peers",
        private(name="other"),
    ),
    "it is asked for in another version": (
        "private-misfit",
        f"{INFO}/peers",
        told(requires={"private": ["dep>2"], "shared": []}),
    ),
    "it is there twice": (
        "private-misfit",
        f"{INFO}/peers",
        lambda wheel: with_manifest(wheel, lambda said: said["private"].append(said["private"][0])),
    ),
}


def dep(code: str = "value = 1\n") -> tuple[bytes, str]:
    return wheels.wheel("dep", "1.0", {"dep.py": code}, requires=["six"])
