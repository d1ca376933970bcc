"""Mistakes that type checkers must see: every line marked `rejected`, and no other."""

from __future__ import annotations

import peers_runtime
from peers_runtime import Role, Route, Runtime, Step, Variable, VersionTag
from peers_runtime import Runtme  # rejected

with Runtime.in_memory() as runtime:
    runtime.instal("notes")  # rejected
    runtime.install(42)  # rejected
    runtime.context("acme").routes.match(path=1)  # rejected
    tag: str = runtime.install("notes").version_tagg  # rejected
    level: Role = VersionTag.DEV  # rejected
    runtime.contexts.create("acme", kind="crowd")  # rejected

Variable("0" * 25, "api_url", scope="everybody")  # rejected
Step("add", tool=1)  # rejected
Step("add", tool="0" * 25, on_error="ignore")  # rejected
Route(path="notes", peers_ui_id=None)  # rejected
peers_runtime.NoRout  # rejected
