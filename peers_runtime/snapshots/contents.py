"""The content of each snapshot: whole, or as what differs from a text that versions of the package share.

It lies where its digest says. The text is a blob, never a difference itself, and goes with the last snapshot
that needs it. Whatever is damaged, what is put together then has another digest and is refused.

On the way to a first import: imports nothing heavy.
"""

from __future__ import annotations

from peers_runtime.base import errors
from peers_runtime.snapshots import blobs, disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAGIC = b"peers content 1\n"  # a whole one begins with a brace
_COPY = b"@"  # how a line begins that says which bytes of the text come
_OWN = b"="  # … and one that brings bytes itself; neither holds a line's end, as canonical JSON has none
_FILE = b'{"digest":'  # how each file of a content begins
_SMALL = 4096  # bytes that the disk gives to any file
_OWN_SHARE = 4  # a new text is made when more than one in so many bytes is not in the shared one


class Contents:
    """Those kept among the blobs of `store`."""

    def __init__(self, store: blobs.Blobs) -> None:
        self._blobs = store

    def read(self, digest: str) -> tuple[bytes, str | None]:
        """The content, verified, and the digest of the text that it shares, if any; raises as `Blobs.get`."""
        data = self._blobs.read(digest)
        text = _text_of(data)
        content = data if text is None else _put_together(data, self._blobs.read(text))
        if blobs.digest_of(content) != digest:
            if text is not None:
                self._blobs.get(text)  # raises when that is what was changed
            raise self._blobs.changed(digest)
        return content, text

    def put(self, content: bytes, siblings: Iterable[str] = ()) -> None:
        """Store a content, durable on return; one that is there and whole is not written again.

        `siblings` are digests of the package's other snapshots, the likeliest first; without any it is kept
        whole. Raises `HomeNotWritable`; then it is there whole or not at all.
        """
        digest = blobs.digest_of(content)
        if self._is_whole(digest):
            return
        others = [one for one in siblings if one != digest and self._blobs.has(one)]
        if len(content) <= _SMALL or not others:
            self._blobs.put(content)
            return
        for text in self._texts(others):
            difference = _difference(content, text)
            if difference is not None:
                break
        else:
            text = content + b"\n"  # has another digest than the content, which lies at its own
            difference = _difference(content, text) or content
        self._blobs.put(text)
        disk.write(self._blobs.path(digest), difference, blobs.MODE)

    def _is_whole(self, digest: str) -> bool:
        try:
            _, text = self.read(digest)
        except errors.StorageError:
            return False
        for one in (digest, text):
            if one is not None:
                self._blobs.touch(one)
        return True

    def _texts(self, digests: Iterable[str]) -> Iterator[bytes]:
        """The texts that these snapshots share, each once, as far as they are whole."""
        seen = set[str]()
        for digest in digests:
            try:
                text = _text_of(self._blobs.read(digest))
                if text is not None and text not in seen:
                    seen.add(text)
                    yield self._blobs.get(text)
            except errors.StorageError:
                continue


def _text_of(data: bytes) -> str | None:
    """The digest of the text that is needed to read this file; None when the file is a content itself."""
    if not data.startswith(_MAGIC):
        return None
    return data[len(_MAGIC) :].partition(b"\n")[0].decode("ascii", "replace")


def _difference(content: bytes, text: bytes) -> bytes | None:
    """The file that says how to make `content` of `text`; None when too little of it comes from there."""
    places: dict[bytes, tuple[int, int]] = {}
    end = 0
    for part in _parts(text):
        places[part] = end, end + len(part)
        end += len(part)
    pieces: list[bytes | tuple[int, int]] = []
    for part in _parts(content):
        found = places.get(part)
        last = pieces[-1] if pieces else None
        if found is None:
            pieces.append(part)
        elif isinstance(last, tuple) and last[1] == found[0]:
            pieces[-1] = last[0], found[1]
        else:
            pieces.append(found)
    lines = (_OWN + one if isinstance(one, bytes) else _COPY + b"%d %d" % one for one in pieces)
    difference = b"\n".join((_MAGIC + blobs.digest_of(text).encode(), *lines))
    return difference if len(difference) * _OWN_SHARE <= len(content) else None


def _parts(text: bytes) -> list[bytes]:
    """A content cut before each of its files, and a text before its last line's end."""
    first, *files = text.removesuffix(b"\n").split(_FILE)
    return [first, *(_FILE + file for file in files)]


def _put_together(difference: bytes, text: bytes) -> bytes:
    """What a difference says; anything, when it was changed."""
    content = bytearray()
    for line in difference.split(b"\n")[2:]:
        if line.startswith(_OWN):
            content += line[1:]
            continue
        try:
            start, end = map(int, line[1:].split())
        except ValueError:
            continue
        content += text[start:end]
    return bytes(content)
