"""A wheel's RECORD: the digest and the size of each of its files, made and verified.

There is one spelling: `name,sha256=…,size` for each file, with the digest in URL-safe Base64 and no padding,
and `name,,` for RECORD itself; in UTF-8, with a line feed after each line, and quotation marks around a name
that holds a comma. The lines may have any order.
"""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable, Mapping

from peers_runtime.projects import archive_headers, entry_names, refusals
from peers_runtime.projects.archive import Archive
from peers_runtime.projects.refusals import Broken
from peers_runtime.snapshots import blobs

_MAX_SIZE = archive_headers.MAX_FILES * (
    entry_names.MAX_LENGTH + 100
)  # bytes; more has no RECORD that is true
_ALGORITHM = "sha256="
_SUFFIX = ".dist-info"


def added(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a wheel and the RECORD of them, which replaces one that is there.

    Raises `BadWheel` when a name is none that an archive takes, or there is not one folder `*.dist-info`.
    """
    with refusals.writing():
        for name in files:
            entry_names.check(name)
        own = _own_name(files)
    listed = {name: data for name, data in files.items() if name != own}
    lines = [_line(name, blobs.digest_of(data), len(data)) for name, data in sorted(listed.items())]
    return {**listed, own: "".join((*lines, _own_line(own))).encode()}


def verify(archive: Archive) -> str:
    """The name of the folder `*.dist-info`, whose RECORD lists each file once and truly, and nothing else.

    No content but RECORD's is unpacked again; it has 12 MB at most. Raises `BadWheel`.
    """
    with refusals.reading(archive.where):
        own = _own_name(archive)
        if own not in archive:
            raise Broken("record-absent", "is missing", own)
        if archive.sizes[own] > _MAX_SIZE:
            raise Broken("record-syntax", f"has more than {_MAX_SIZE} bytes", own)
        listed: set[str] = set()
        for raw in io.BytesIO(archive[own]):  # line by line, and by nothing but line feeds
            name = _checked(raw, archive, own)
            if name in listed:
                raise Broken("record-twice", "is twice in RECORD", name)
            listed.add(name)
        for name in archive:
            if name not in listed:
                raise Broken("record-unlisted", "is not in RECORD", name)
        return dist_info(archive)


def dist_info(names: Iterable[str]) -> str:
    """The wheel's one folder `*.dist-info`. Raises `Broken` when it has none, or several."""
    tops = {name.partition("/")[0] for name in names}
    found = sorted(top for top in tops if top.lower().endswith(_SUFFIX))
    if len(found) != 1 or not found[0].endswith(_SUFFIX) or found[0] == _SUFFIX:
        raise Broken("dist-info", f"has {len(found)} folders *{_SUFFIX} at its top; a wheel has one")
    return found[0]


def _own_name(names: Iterable[str]) -> str:
    return f"{dist_info(names)}/RECORD"


def _line(name: str, digest: str, size: int) -> str:
    encoded = base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")
    return f"{_quoted(name)},{_ALGORITHM}{encoded},{size}\n"


def _own_line(own: str) -> str:
    return f"{_quoted(own)},,\n"


def _quoted(name: str) -> str:
    return f'"{name}"' if "," in name else name  # no entry has a quotation mark or a line's end in its name


def _checked(raw: bytes, archive: Archive, own: str) -> str:
    """The name in this line of RECORD, when what it says of that entry is true."""
    name, digest, size = _row(raw, own)
    if name not in archive:
        raise Broken("record-missing", "is in RECORD and nowhere else", name)
    if name == own:
        if digest or size:
            raise Broken("record-itself", "has a digest or size of itself", own)
        expected = _own_line(own)
    else:
        expected = _line(name, archive.digests[name], archive.sizes[name])
        _compare(name, digest, size, expected)
    if raw != expected.encode():
        raise Broken("record-syntax", f"has the line {_shown(raw)} in another spelling than the one", own)
    return name


def _row(raw: bytes, own: str) -> list[str]:
    try:
        rows = list(csv.reader([raw.decode()], strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise Broken("record-syntax", f"has the line {_shown(raw)}, which is no row: {error}", own) from None
    if len(rows) != 1 or len(rows[0]) != 3:
        raise Broken("record-syntax", f"has the line {_shown(raw)}, which has no three values", own)
    return rows[0]


def _shown(raw: bytes) -> str:
    return ascii(raw[:200].decode(errors="backslashreplace"))


def _compare(name: str, digest: str, size: str, expected: str) -> None:
    _, expected_digest, expected_size = expected.removesuffix("\n").rsplit(",", 2)
    if not digest.startswith(_ALGORITHM):
        raise Broken("record-algorithm", f"has the digest {digest[:100]!r} in RECORD; SHA-256 is read", name)
    if digest != expected_digest:
        raise Broken("record-digest", "has another content than the digest in RECORD says", name)
    if size != expected_size:
        raise Broken(
            "record-size", f"has the size {size[:100]!r} in RECORD and {expected_size} in fact", name
        )
