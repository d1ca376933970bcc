"""Snapshots in a home: what a realm reads.

A snapshot is present when its content blob is: the RFC 8785 JSON whose digest is its id. That is written
last, so what is present is whole. Beside it lies what the id does not cover (`about/`), compiled code
(`code/`) and the files laid out (`files/`); the latter two are made again when missing.

On the way to a first import: imports nothing heavy.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from weakref import WeakValueDictionary

from peers_runtime.base import errors
from peers_runtime.snapshots import (
    abouts,
    blobs,
    claims,
    closures,
    code,
    contents,
    disk,
    interpreter,
    ready,
    trees,
)
from peers_runtime.snapshots.draft import Draft
from peers_runtime.snapshots.listing import Listing
from peers_runtime.snapshots.shared import Parcel
from peers_runtime.snapshots.shared_code import SharedCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from types import CodeType

    from peers_runtime.model.manifest import Manifest
    from peers_runtime.model.modules import ModuleFile
    from peers_runtime.snapshots.private import PrivateDistribution
    from peers_runtime.snapshots.shared import SharedBlobs
    from peers_runtime.snapshots.source import Source

_LAID_OUT = 8  # of a package's snapshots stay laid out though no process reads them
_KEPT = 128  # snapshots kept ready in memory; each holds one mapped file open


class SnapshotStore:
    """The snapshots of the home at `home`; `key` is the host's, for compiled code. Made without I/O.

    With `shared`, what is kept here is put there first, and what is not here is fetched from there when it
    is needed. Safe for many threads, and for many processes on one home. Whoever asks for a snapshot that is
    not to be had gets `NotArrived`, or `HomeDamaged` where nothing is shared; for one whose bytes were
    changed, `DamagedBytes`.
    """

    def __init__(self, home: str | os.PathLike[str], key: bytes, shared: SharedBlobs | None = None) -> None:
        home = os.fspath(home)
        self._shared = shared
        self._blobs = blobs.Blobs(os.path.join(home, "blobs"))
        self._contents = contents.Contents(self._blobs)
        self._code = code.CodeStore(os.path.join(home, "code"), key)
        self._abouts = abouts.Abouts(os.path.join(home, "about"))
        self._trees = trees.Trees(os.path.join(home, "files"), self._blobs)
        self.closures = closures.Closures(os.path.join(home, "realms"))
        self._lock = threading.Lock()
        self._ready: dict[str, ready.Snapshot] = {}
        self._tried: set[str] = set()  # snapshots whose code file this process has tried to make anew
        self._drafts: WeakValueDictionary[str, Draft] = WeakValueDictionary()
        self.shared_code = SharedCode()

    # ── what installing asks ─────────────────────────────────────────────────────────────────────

    def add(self, source: Source, manifest: Manifest, siblings: Iterable[str] = ()) -> None:
        """Keep a captured source, durable on return; the same again mends what is damaged.

        `siblings` are digests of the package's other snapshots, the latest first: what they have compiled is
        not compiled again. Raises `CompilationError` before anything is written; `HomeNotWritable` with no
        temporaries left and the snapshot absent or whole; `DamagedBytes` when the manifest is of another
        source.
        """
        self._check_fit(source, manifest)
        siblings = list(siblings)
        read = {digest: source.files[path] for path, digest in source.digests.items()}.__getitem__
        sources = ready.sources(source.modules, source.digests, read)
        compiled = self._code.assemble(manifest.id, sources, siblings)
        self._put(
            source,
            manifest,
            siblings,
            source.digests.values(),
            lambda: self._finish(source, manifest, compiled),
        )
        for sibling in siblings[_LAID_OUT:]:
            if sibling != manifest.id:
                self._trees.give_up(sibling)

    def keep(self, source: Source, manifest: Manifest, like: Manifest) -> None:
        """`add` for the next state of a working copy, at the cost of what has changed since `like`.

        `like` is a snapshot that is here and stays while this runs. Nothing is compiled or laid out: that
        is done when a later process needs it, or by `add`.
        """
        self._check_fit(source, manifest)
        known = {file.digest for file in like.files}
        self._put(source, manifest, [like.id], [one for one in source.digests.values() if one not in known])

    def add_distribution(self, distribution: PrivateDistribution) -> None:
        """Keep a private distribution, durable on return; a snapshot that needs it can be kept from then on.

        Raises `HomeNotWritable`.
        """
        self._blobs.put_all([*distribution.files.values(), distribution.data])
        self._blobs.put(distribution.content)

    def wheel(self, digest: str) -> bytes:
        """The wheel of a private distribution. Raises as `fetch`."""
        self.fetch(digest)
        wheel = self._listing(digest).wheel
        if wheel is None:
            raise errors.HomeDamaged(
                f"{digest} is no private distribution", hint="peers deps update", digest=digest
            )
        return self._blobs.get(wheel)

    def discard(self, digests: Collection[str], kept: Iterable[str]) -> list[str]:
        """Remove these snapshots, and what only they need; answers with which.

        Of their bytes, what one of the `kept` ones has stays.

        One that another process, or a runtime of this one, claims is left. So is what was stored, or found
        stored, in the last minute: somebody may be about to record it.
        """
        gone: list[Listing] = []
        for digest in digests:
            about = self._abouts.path(digest)
            if self._shared is not None and not self.has(digest):
                continue  # another home's, which knows whether it is still read
            sole = claims.sole(about)
            if self._blobs.is_fresh(digest) or (sole is None and os.path.exists(about)):
                if sole is not None:
                    os.close(sole)
                continue
            gone.append(self._listing_if_any(digest))
            self._remove(digest)
            if sole is not None:
                os.close(sole)
        if gone:
            self._code.remove([one.digest for one in gone], self.has)
            self.closures.forget({one.digest for one in gone})
            self._remove_unneeded(gone, kept)
        return [one.digest for one in gone]

    def has(self, digest: str) -> bool:
        """Whether the snapshot, or private distribution, is here; its bytes are not read."""
        return self._blobs.has(digest)

    def fetch(self, digest: str) -> None:
        """Have the snapshot, or private distribution, here, whole and verified, with all that it needs.

        Costs one look at the disk when it is.

        Raises `NotArrived`, `HomeDamaged`, `DamagedBytes` or `HomeNotWritable`.
        """
        if self._shared is None or self.has(digest):
            return
        parcel = self._shared.get(digest)
        listing = Listing(digest, parcel.content)
        for needed in (*listing.private, *listing.dependencies):
            self.fetch(needed)
        self._blobs.put_all(parcel.files.values())
        if parcel.about is not None:
            disk.write(self._abouts.path(digest), parcel.about)
        self._contents.put(parcel.content)

    def manifest(self, digest: str) -> Manifest:
        from peers_runtime.snapshots import capture

        candidate = self._drafts.get(digest)
        if candidate is not None and candidate.manifest is not None:
            return candidate.manifest
        self.fetch(digest)
        return capture.restored(digest, self._contents.read(digest)[0], self._abouts.read(digest))

    def verify(self, digest: str) -> None:
        """Read everything of a snapshot again, and of all that it needs.

        Raises `DamagedBytes` or `HomeDamaged` unless all of it is right.
        """
        self._forget(digest)
        self._abouts.read(digest)
        listing = self._listing(digest)
        for dependency in listing.dependencies:
            self.verify(dependency)
        for one in (listing, *map(self._listing, listing.private)):
            for blob in one.blobs:
                self._blobs.get(blob)

    def draft(self, source: Source, manifest: Manifest | None = None) -> Draft:
        """A source, to be read like a snapshot; nothing is written to the home.

        With the `manifest` of what it may become, the store answers for it as long as the draft is held.
        """
        if manifest is None:
            return Draft(source, store=self)
        made = Draft(source, manifest, self.shared_code, self)
        self._drafts[manifest.id] = made
        return made

    def is_draft(self, digest: str) -> bool:
        """Whether a draft stands for the snapshot now."""
        return digest in self._drafts

    def reader(self, digest: str) -> SnapshotStore | Draft:
        """What a realm should read a snapshot from: the draft in memory while there is one."""
        return self._drafts.get(digest, self)

    # ── what a realm asks ────────────────────────────────────────────────────────────────────────

    def modules(self, digest: str) -> Mapping[str, ModuleFile]:
        """Logical name -> where its source lies."""
        return self._snapshot(digest).modules

    def code(self, digest: str, module: str, filename: str, share: bool = False) -> CodeType:
        """The compiled module with `co_filename` == `filename`; KeyError when it has no source.

        With `share` the snapshots of one author's folder get one code object for a file that is unchanged.
        What is missing or in doubt is compiled from verified source; when the home cannot be written, in
        memory. Raises `CompilationError` for source that this interpreter does not take.
        """
        snapshot = self._snapshot(digest)
        path = snapshot.modules[module].path
        if path is None:
            raise KeyError(module)
        source_digest = snapshot.digests[path]
        if not share:
            return self._compiled(snapshot, path, filename)
        return self.shared_code.get(filename, source_digest, lambda: self._compiled(snapshot, path, filename))

    def source(self, digest: str, path: str) -> bytes:
        """The bytes of one file, verified; FileNotFoundError when the snapshot has no such file."""
        file_digest = self._snapshot(digest).digests.get(path)
        if file_digest is None:
            raise FileNotFoundError(path)
        return self._blobs.get(file_digest)

    def paths(self, digest: str) -> Collection[str]:
        return self._snapshot(digest).digests.keys()

    def folder(self, digest: str) -> str:
        """An absolute folder that contains the import package's files, read-only, all of them.

        It stays as long as the answer itself is held. In a home that cannot be written and has none it is a
        temporary one, which goes with the process.
        """
        return self._trees.find_or_make(digest, self._snapshot(digest).digests)

    def compile_ahead(self, filename: str, source: bytes) -> None:
        """Have the shared code of an author's file ready; what does not compile is told when it is needed."""
        with suppress(errors.CompilationError):
            self.shared_code.get(
                filename,
                blobs.digest_of(source),
                lambda: interpreter.compiled(source, filename, filename),
            )

    # ── how ──────────────────────────────────────────────────────────────────────────────────────

    def _listing(self, digest: str) -> Listing:
        return Listing(digest, *self._contents.read(digest))

    def _listing_if_any(self, digest: str) -> Listing:
        """One that names nothing for what is missing or damaged."""
        try:
            return self._listing(digest)
        except errors.StorageError:
            return Listing(digest, b'{"files":[]}')

    def _remove(self, digest: str) -> None:
        """All that one snapshot or private distribution has alone, but for its code."""
        disk.remove([self._blobs.path(digest)])  # first: without it the snapshot is not there
        self._trees.remove(digest)
        disk.remove([self._abouts.path(digest)])
        self._forget(digest)

    def _remove_unneeded(self, gone: Iterable[Listing], kept: Iterable[str]) -> None:
        """Distributions and bytes that those had and none of the `kept` ones has; what is fresh stays."""
        listings = [self._listing_if_any(digest) for digest in kept]
        needed = {digest for one in listings for digest in one.private}
        listings += map(self._listing_if_any, needed)
        unneeded = {digest for one in gone for digest in one.private} - needed
        doomed = [self._listing_if_any(digest) for digest in unneeded if not self._blobs.is_fresh(digest)]
        for one in doomed:
            self._remove(one.digest)
        self._code.remove([one.digest for one in doomed], self.has)
        unused = {blob for one in (*gone, *doomed) for blob in one.blobs}
        self._blobs.remove_old(unused.difference(*(one.blobs for one in listings)))

    def _check_fit(self, source: Source, manifest: Manifest) -> None:
        from peers_runtime.snapshots import capture

        if blobs.digest_of(capture.content(manifest)) != manifest.id or source.digests != {
            file.path: file.digest for file in manifest.files
        }:
            raise errors.DamagedBytes(
                f"the manifest of {manifest.name} {manifest.version} does not fit the files it came with",
                hint="capture the source again",
                digest=manifest.id,
            )

    def _put(
        self,
        source: Source,
        manifest: Manifest,
        siblings: Iterable[str],
        wanted: Collection[str],
        finish: Callable[[], object] = lambda: None,
    ) -> None:
        """Write the files with the `wanted` digests, what `finish` writes, and the content last."""
        from peers_runtime.snapshots import capture

        digests = set(wanted)
        for distribution in source.carried.values():
            self.add_distribution(distribution)
        content, about = capture.content(manifest), abouts.sealed(capture.about(manifest))
        if self._shared is not None:
            files = {one: source.files[path] for path, one in source.digests.items()}
            for one in manifest.private:
                self._share_distribution(self._shared, one.digest)
            self._shared.put(Parcel(manifest.id, content, about, files))
        self._blobs.put_all(source.files[path] for path, one in source.digests.items() if one in digests)
        self._abouts.write(manifest.id, about)
        finish()
        self._contents.put(content, siblings)
        self._forget(manifest.id)

    def _share_distribution(self, shared: SharedBlobs, digest: str) -> None:
        if not shared.has_put(digest):
            files = {blob: self._blobs.get(blob) for blob in self._listing(digest).blobs}
            shared.put(Parcel(digest, self._blobs.get(digest), None, files))

    def _finish(self, source: Source, manifest: Manifest, compiled: bytes) -> None:
        read = {digest: source.files[path] for path, digest in source.digests.items()}.__getitem__
        self._code.write(manifest.id, compiled)
        self._trees.ensure(manifest.id, source.digests, read)

    def _snapshot(self, digest: str) -> ready.Snapshot:
        snapshot = self._ready.get(digest)
        if snapshot is None:
            self.fetch(digest)
            snapshot = ready.Snapshot(self._listing(digest))
            with self._lock:
                snapshot = self._ready.setdefault(digest, snapshot)
                while len(self._ready) > _KEPT:
                    del self._ready[next(iter(self._ready))]
        return snapshot

    def _forget(self, digest: str) -> None:
        with self._lock:
            self._ready.pop(digest, None)
            self._tried.discard(digest)

    def _compiled(self, snapshot: ready.Snapshot, path: str, filename: str) -> CodeType:
        source_digest = snapshot.digests[path]
        found = self._from_file(snapshot, source_digest, filename)
        if found is None and snapshot.digest not in self._tried:
            self._compile_all(snapshot)
            found = self._from_file(snapshot, source_digest, filename)
        return found or interpreter.compiled(self._blobs.get(source_digest), path, filename)

    def _from_file(self, snapshot: ready.Snapshot, source_digest: str, filename: str) -> CodeType | None:
        if snapshot.code is None:
            snapshot.code = self._code.open(snapshot.digest)
        return None if snapshot.code is None else snapshot.code.code(source_digest, filename)

    def _compile_all(self, snapshot: ready.Snapshot) -> None:
        """Make the snapshot's code file anew, once in this process."""
        with snapshot.lock:
            if snapshot.digest in self._tried:
                return
            sources = ready.sources(snapshot.modules, snapshot.digests, self._blobs.get)
            try:
                self._code.build(snapshot.digest, sources, [snapshot.digest])
            except errors.PeersError:
                # A home that cannot be written, or one module that is damaged or not for this interpreter,
                # must not keep the others from being imported; who asks for that one gets its error.
                pass
            snapshot.code = self._code.open(snapshot.digest)
            self._tried.add(snapshot.digest)
