from __future__ import annotations

import gc
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.snapshots.draft import Draft
from peers_runtime.snapshots.source import Source
from tests.snapshots.conftest import Capture
from tests.snapshots.parts import FILES


def test_a_draft_is_read_like_a_snapshot(captured: Capture) -> None:
    source, manifest = captured()
    draft = Draft(source)
    assert set(draft.modules(draft.digest)) == {module.name for module in manifest.modules}
    assert draft.paths(draft.digest) == FILES.keys()
    assert draft.source(draft.digest, "notes/store.py") == FILES["notes/store.py"]
    code = draft.code(draft.digest, "notes.store", "/x/notes/store.py", False)
    assert code.co_filename == "/x/notes/store.py"
    namespace: dict[str, object] = {}
    exec(code, namespace)
    assert "add" in namespace


def test_any_other_is_laid_out_in_a_folder_that_goes_with_it(captured: Capture) -> None:
    draft = Draft(captured()[0])
    folder = Path(draft.folder(draft.digest))
    assert (folder / "notes" / "assets" / "logo.svg").read_bytes() == FILES["notes/assets/logo.svg"]
    assert draft.folder(draft.digest) == str(folder)
    del draft
    gc.collect()
    assert not folder.exists()


def test_a_draft_names_what_does_not_compile(captured: Capture) -> None:
    draft = Draft(Source("notes", "1.0.0", "notes.package:package", {**FILES, "notes/bad.py": b"x =\n"}))
    with pytest.raises(errors.CompilationError, match=r"notes/bad\.py, line 1"):
        draft.code(draft.digest, "notes.bad", "/x", False)


def test_two_drafts_of_one_source_are_two_realms(captured: Capture) -> None:
    source = Source("notes", "1.0.0", "notes.package:package", dict(FILES))
    assert Draft(source).digest != Draft(source).digest


def test_a_draft_answers_for_itself_only(captured: Capture) -> None:
    draft = Draft(captured()[0])
    with pytest.raises(KeyError):
        draft.modules("0" * 64)
    with pytest.raises(FileNotFoundError):
        draft.source(draft.digest, "notes/none.py")
    with pytest.raises(KeyError):
        draft.code(draft.digest, "notes.assets", "/x", False)
