"""What was generated from a contract, file by file."""

from __future__ import annotations

from typing import Literal

from peers_runtime.model.wire import Record


class GeneratedFile(Record):
    """A file that belongs to a contract's types, and how what lay there differs from what belongs there.

    `difference` is a unified diff, empty where nothing differs.
    """

    path: str
    was: Literal["missing", "different", "current"]
    difference: str = ""


class Generated(Record):
    """The files of one version of a contract; `written` says whether they are now as they belong."""

    contract_id: str
    version: int
    name: str | None = None
    files: tuple[GeneratedFile, ...] = ()
    written: bool

    @property
    def label(self) -> str:
        return f"{self.contract_id}@{self.version}"

    @property
    def is_current(self) -> bool:
        """Whether every file was as it belongs before."""
        return all(one.was == "current" for one in self.files)
