"""One change of a working copy on its way from files that have settled to code that runs."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.model.reload import Fault, FileChange, Outcome, Phase, Reload, Took
from peers_runtime.operations import faults, install, reload
from peers_runtime.operations.capture import Candidate

if TYPE_CHECKING:
    from peers_runtime.dev.changes import Settled
    from peers_runtime.model.manifest import Manifest
    from peers_runtime.operations.services import Services
    from peers_runtime.projects.working_copy import WorkingCopy
    from peers_runtime.snapshots.source import Source

_MOST_PAIRS = 250_000  # of lines to compare; in a file that changed more, only the totals are told


class Running:
    """What runs of the working copy: the snapshot, and the files that it was made of."""

    def __init__(self, manifest: Manifest, source: Source) -> None:
        self.manifest = manifest
        self.source = source

    def is_made_of(self, source: Source) -> bool:
        """Whether these files and settings are the ones that run."""
        own = self.source
        return source.digests == own.digests and (
            (source.name, source.version, source.reference, source.package_folder)
            == (own.name, own.version, own.reference, own.package_folder)
            and (source.requires, source.private, source.dependencies)
            == (own.requires, own.private, own.dependencies)
        )


class Attempt:
    """Made for one change; `run` it once."""

    def __init__(
        self, services: Services, copy: WorkingCopy, context_id: str, actor: str, running: Running | None
    ) -> None:
        self._services = services
        self._copy = copy
        self._context_id = context_id
        self._actor = actor
        self.running = running  # replaced when the change is active
        self._source: Source | None = None
        self._phase = Phase.CAPTURE
        self._spent: dict[str, float] = {}

    def run(self, settled: Settled, may_switch: Callable[[], bool]) -> Reload | None:
        """What came of it; None when `may_switch` said that the files have changed again.

        Never raises what the project, its code or the home is to blame for: that is the outcome's fault.
        """
        self._spent = {"settle_s": settled.settled_at - settled.seen_at}
        try:
            return self._run(settled, may_switch)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # also SystemExit, which a package may raise
            return self._outcome(Outcome.FAILED, fault=self._fault(error))

    def _run(self, settled: Settled, may_switch: Callable[[], bool]) -> Reload | None:
        before, seen_at = self.running, settled.seen_at
        with self._timed(Phase.CAPTURE):
            self._source = source = self._copy.read(settled.paths or None)
        if before is not None and before.is_made_of(source) and (settled.paths or self._is_live(before)):
            return self._outcome(Outcome.UNCHANGED)
        if before is None or not self._is_live(before):
            return self._install(source, seen_at) if may_switch() else None
        compiled_s = self._services.snapshots.shared_code.spent_s
        with self._timed(Phase.EXECUTE):
            in_use = reload.in_use(self._services, self._context_id, before.manifest.name)
            candidate = Candidate(self._services, source, before.manifest, in_use)
        self._spent["compile_s"] = self._services.snapshots.shared_code.spent_s - compiled_s
        self._spent["execute_s"] -= self._spent["compile_s"]
        try:
            return self._go_live(candidate, before, seen_at, may_switch)
        finally:
            candidate.close()

    def _go_live(
        self, candidate: Candidate, before: Running, seen_at: float, may_switch: Callable[[], bool]
    ) -> Reload | None:
        services, captured = self._services, candidate.captured
        asked_at = 0.0

        def asked() -> bool:
            nonlocal asked_at
            agreed = may_switch()
            asked_at = monotonic()
            return agreed

        with services.engine.acts:
            reload.catch_up(services)
            if not self._is_live(before):  # somebody chose otherwise meanwhile, and later than this save
                return self._outcome(Outcome.UNCHANGED)
            context_ids = reload.followers(
                services,
                before.source,
                captured.source,
                captured.manifest.package_id,
                self._context_id,
                self._actor,
            )
            with self._timed(Phase.CHECK):
                replaced = reload.go_live(services, candidate, context_ids, asked)
            if replaced is None:
                return None
            active_at = monotonic()
            self._spent["switch_s"] = active_at - asked_at
            self._spent["check_s"] -= self._spent["switch_s"]
            self._spent["total_s"] = active_at - seen_at
            remarks = self._remarks(before.manifest.name)
            with self._timed(Phase.KEEP):
                reload.keep(services, candidate, before.manifest, replaced, self._actor)
        self.running = Running(captured.manifest, captured.source)
        files = tuple(_changes(before.source, captured.source))
        return self._outcome(Outcome.ACTIVE, context_ids, files, remarks)

    def _install(self, source: Source, seen_at: float) -> Reload:
        """The first time, and after the package was disabled, removed or exchanged by somebody else."""
        self._phase = Phase.EXECUTE
        version = install.run_working_copy(self._services, source, self._context_id, self._actor)
        self.running = Running(self._services.snapshots.manifest(version.snapshot_digest), source)
        self._spent["total_s"] = monotonic() - seen_at
        return self._outcome(Outcome.ACTIVE, (self._context_id,))

    def _is_live(self, running: Running) -> bool:
        return reload.runs(self._services, running.manifest, running.source.package_folder, self._context_id)

    # ── what is said of it ───────────────────────────────────────────────────────────────────────

    def _outcome(
        self,
        outcome: Outcome,
        context_ids: tuple[str, ...] = (),
        files: tuple[FileChange, ...] = (),
        remarks: tuple[str, ...] = (),
        fault: Fault | None = None,
    ) -> Reload:
        running = self.running
        return Reload(
            outcome=outcome,
            at=self._services.timestamp(),
            name=running.manifest.name if running is not None else self._name(),
            version=running.manifest.version if running is not None else "",
            digest=running.manifest.id if running is not None else "",
            contexts=context_ids,
            files=files,
            took=Took(**self._spent),
            fault=fault,
            remarks=remarks,
        )

    def _name(self) -> str:
        return self._source.name if self._source is not None else self._copy.folder.name

    def _remarks(self, name: str) -> tuple[str, ...]:
        """What was listed about this package's versions since the last change and stopped nothing."""
        return tuple(
            f"{one.code}: {one.message}"
            for one in self._services.diagnostics.all()
            if one.subject.startswith(f"{name}@")
        )

    def _fault(self, error: BaseException) -> Fault:
        known = error if isinstance(error, errors.PeersError) else _unforeseen(error)
        phase = Phase.COMPILE if isinstance(known, errors.CompilationError) else self._phase
        phase = Phase.SETTLE if isinstance(known, errors.StillChanging) else phase
        place = faults.find_place(known)
        path, line = (place.path, place.line) if place is not None else (None, None)
        inside = self._path_inside(path)
        source = place.source if place is not None else ""
        if inside is not None and line is not None and self._source is not None:
            lines = self._source.files[inside].decode(errors="replace").splitlines()
            source = lines[line - 1] if line <= len(lines) else source
            path = os.path.join(self._source.package_folder or "", inside)
        return Fault(
            code=known.code,
            message=faults.without_place(known.message),
            hint=known.hint,
            phase=phase,
            path=path,
            line=line,
            source=source,
            still=self._serving(),
        )

    def _serving(self) -> str:
        """What the context has of this package, wherever it came from."""
        name = self.running.manifest.name if self.running is not None else self._name()
        for package in self._services.engine.binding(self._context_id).active.packages:
            if package.name == name:
                return f"{name} {package.version}"
        return ""

    def _path_inside(self, path: str | None) -> str | None:
        """The path as the captured files have it, if it is one of them."""
        if path is None or self._source is None:
            return None
        folder = self._source.package_folder
        inside = os.path.relpath(path, folder) if folder is not None and os.path.isabs(path) else path
        return inside if inside in self._source.files else None

    @contextmanager
    def _timed(self, phase: Phase) -> Generator[None]:
        self._phase = phase
        began = monotonic()
        try:
            yield
        finally:
            self._spent[f"{phase}_s"] = monotonic() - began


def _unforeseen(error: BaseException) -> errors.PeersError:
    failure = errors.PeersError(f"{type(error).__name__}: {error}", hint="save again, or start again")
    failure.__cause__ = error
    return failure


def _changes(before: Source, after: Source) -> Iterator[FileChange]:
    if (before.version, before.reference) != (after.version, after.reference):
        yield FileChange(path="pyproject.toml", added=0, removed=0)
    for path in sorted({*before.files, *after.files}):
        if before.digests.get(path) != after.digests.get(path):
            yield _change(path, before.files.get(path, b""), after.files.get(path, b""))


def _change(path: str, before: bytes, after: bytes) -> FileChange:
    try:
        old, new = (data.decode().splitlines() for data in (before, after))
    except UnicodeDecodeError:
        return FileChange(path=path, added=0, removed=0)
    start = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    old, new = old[start:], new[start:]
    while old and new and old[-1] == new[-1]:
        old.pop()
        new.pop()
    if len(old) * len(new) > _MOST_PAIRS:
        return FileChange(path=path, added=max(0, len(new) - len(old)), removed=max(0, len(old) - len(new)))
    added = removed = 0
    opcodes: list[Any] = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for tag, old_start, old_end, new_start, new_end in opcodes:
        if tag != "equal":
            added += new_end - new_start
            removed += old_end - old_start
    return FileChange(path=path, added=added, removed=removed)
