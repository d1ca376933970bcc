"""A package as a wheel that any build backend made.

The archive is checked as a whole before anything of it is read, and nothing is ever unpacked to disk.
"""

from __future__ import annotations

import configparser
import contextlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Generator, Mapping
from email.utils import getaddresses
from pathlib import Path
from typing import BinaryIO

from packaging.metadata import RawMetadata, parse_email
from packaging.utils import canonicalize_name

from peers_runtime.base import errors
from peers_runtime.model import versions
from peers_runtime.model.manifest import Metadata, Requires
from peers_runtime.projects import record, refusals
from peers_runtime.snapshots import layout, requirements
from peers_runtime.snapshots.source import GROUP, Source, only_entry_point

MAX_FILES = 20_000
MAX_FILE_SIZE = 256 * 1024 * 1024  # bytes, unpacked
MAX_TOTAL_SIZE = 1024 * 1024 * 1024  # bytes, unpacked
MAX_RATIO = 1_000  # unpacked : packed; deflate's own limit is 1032, and real files stay far below

_RATIO_FREE_SIZE = 1024 * 1024  # bytes; a small file of one repeated byte harms nobody
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_DATA_PREFIX = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")
_DRIVE = re.compile(r"[A-Za-z]:")
_MANIFEST = re.compile(r"[^/]+\.dist-info/peers\.json")


def read(path: Path) -> Source:
    """Read a wheel. Raises `BadWheel` naming the entry and the rule; nothing has been written by then."""
    with _opened(path, path) as archive:
        return _source(archive, _checked(archive, path), path)


def is_packed(path: Path) -> bool:
    """Whether it has a snapshot's manifest, so that it is not for this module to read but for `packed`."""
    with _opened(path, path) as archive:
        return any(_MANIFEST.fullmatch(name) for name in archive.namelist())


def unpacked(data: bytes, filename: str) -> tuple[str, dict[str, bytes]]:
    """The dist-info folder of any distribution's wheel, and all files by where they would be installed.

    Raises `BadWheel` as `read` does. What goes elsewhere than among the modules stays under `*.data/`.
    """
    path = Path(filename)
    with _opened(io.BytesIO(data), path) as archive:
        entries = _checked(archive, path)
        return _dist_info(entries, path), {name: archive.read(info) for name, info in entries.items()}


def stem(name: str, version: str) -> str:
    """How the file name of a distribution's wheel begins, and its dist-info folder; `version` by PEP 440."""
    return f"{canonicalize_name(name).replace('-', '_')}-{version}"


def requires(metadata: RawMetadata) -> Requires:
    """What a distribution's METADATA says it needs. Private ones are only known to a project's folder."""
    needed = [text for text in metadata.get("requires_dist", ()) if not requirements.is_extra(text)]
    return Requires(shared=requirements.normalise(needed, "Requires-Dist"))


def description(metadata: RawMetadata) -> Metadata:
    """The part of METADATA that people read."""
    people = getaddresses([metadata.get("author_email", "")])
    names = [name for name in (metadata.get("author", ""), *(name for name, _ in people)) if name]
    return Metadata(
        author=", ".join(dict.fromkeys(names or [address for _, address in people])),
        description=metadata.get("summary", ""),
        tags=tuple(sorted(metadata.get("keywords", ()))),  # in the order of the author or of the backend
    )


def entry_points(text: str, where: str) -> dict[str, str]:
    """The packages' group of an `entry_points.txt`."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names are case-sensitive here
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise errors.BadWheel(
            f"{where}: entry_points.txt cannot be understood: {error}",
            hint="build the wheel again",
            where=where,
        ) from error
    return dict(parser[GROUP]) if parser.has_section(GROUP) else {}


@contextlib.contextmanager
def _opened(file: Path | BinaryIO, path: Path) -> Generator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise _bad(path, f"it is no intact zip archive: {error}") from error
    except OSError as error:
        raise errors.NoPackageThere(
            f"{path} cannot be read: {error.strerror or error}",
            hint="see whether the file is there",
            where=str(path),
        ) from error


def _checked(archive: zipfile.ZipFile, path: Path) -> Mapping[str, zipfile.ZipInfo]:
    """The files by the path they would be installed under."""
    infos = archive.infolist()
    if len(infos) > MAX_FILES:
        raise _bad(path, f"it has {len(infos)} entries; at most {MAX_FILES} are read")
    if sum(info.file_size for info in infos) > MAX_TOTAL_SIZE:
        raise _bad(path, f"it unpacks to more than {MAX_TOTAL_SIZE} bytes")
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        fault = _name_fault(info) or _kind_fault(info) or _size_fault(info)
        if fault:
            raise _bad(path, f"the entry {info.orig_filename!r} {fault}")
        name = _DATA_PREFIX.sub("", info.filename, count=1)
        if name in entries:
            raise _bad(path, f"the entry {info.orig_filename!r} is there twice")
        entries[name] = info
    return {name: info for name, info in entries.items() if not info.is_dir()}


def _name_fault(info: zipfile.ZipInfo) -> str | None:
    name = info.orig_filename  # as written: zipfile has cut `filename` at a NUL
    if "\0" in name or "\\" in name:
        return "has a character in its name that no wheel uses"
    if name.startswith("/") or _DRIVE.match(name):
        return "has an absolute path"
    parts = name.removesuffix("/").split("/")
    if any(part in {"", ".", ".."} for part in parts):
        return "leads out of the archive or is not a plain path"
    return None


def _kind_fault(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in _METHODS:
        return f"is packed by method {info.compress_type}; only stored and deflated are read"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "is a link or a device, not a file"
    return None


def _size_fault(info: zipfile.ZipInfo) -> str | None:
    if info.file_size > MAX_FILE_SIZE:
        return f"unpacks to more than {MAX_FILE_SIZE} bytes"
    if info.file_size > max(_RATIO_FREE_SIZE, MAX_RATIO * info.compress_size):
        return f"unpacks to more than {MAX_RATIO} times its size"
    return None


def _source(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], path: Path) -> Source:
    folder = _dist_info(entries, path)
    metadata, _ = parse_email(_required(archive, entries, f"{folder}/METADATA", path))
    listed = entries.get(f"{folder}/entry_points.txt")
    text = archive.read(listed).decode(errors="replace") if listed else ""
    name, reference = only_entry_point(entry_points(text, str(path)), str(path))
    return Source(
        name=name,
        version=versions.from_wheel(metadata.get("version", ""), f"{path}: Version"),
        reference=reference,
        files={
            each: archive.read(info)
            for each, info in entries.items()
            if each.startswith(f"{name}/") and layout.keeps(each)
        },
        requires=requires(metadata),
        metadata=description(metadata),
    )


def _dist_info(entries: Mapping[str, zipfile.ZipInfo], path: Path) -> str:
    with refusals.reading(str(path)):
        return record.dist_info(entries)


def _required(
    archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], name: str, path: Path
) -> bytes:
    if name not in entries:
        raise _bad(path, f"{name} is missing")
    return archive.read(entries[name])


def _bad(path: Path, fault: str) -> errors.BadWheel:
    return errors.BadWheel(
        f"{path} is not a wheel that can be read: {fault}",
        hint="build the wheel again",
        path=str(path),
        fault=fault,
    )
