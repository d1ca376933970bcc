"""What the catalog keeps: contexts, members, packages, versions, device preferences."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any, Literal

from peers_runtime.model.contributions import AppNav
from peers_runtime.model.wire import Record


class VersionTag(StrEnum):
    """The phase of a package version; the platform assigns it, package code never does."""

    DEV = "dev"
    BETA = "beta"
    STABLE = "stable"


class Role(IntEnum):
    """What an actor may do in a context; each role may do all that the lower ones may."""

    NONE = 0
    READER = 20
    WRITER = 40
    ADMIN = 60
    OWNER = 80


class FollowRange(StrEnum):
    """How far from the active version an automatic upgrade may go."""

    LATEST = "latest"
    MINOR = "minor"  # same major
    PATCH = "patch"  # same major and minor
    PINNED = "pinned"  # nowhere


ContextKind = Literal["personal", "group"]


class Context(Record):
    """What versions are active for: the personal space or a group."""

    context_id: str
    kind: ContextKind
    name: str


class Member(Record):
    """What somebody is in a context. `Role.NONE`: no member, who has signed there all the same."""

    context_id: str
    actor_id: str
    role: Role
    public_keys: tuple[str, ...] = ()  # that verify the member's signatures, base64


class Membership(Record):
    """One change of who is what in a context: what `actor_id` is from then on. The first makes its Owner.

    A context's changes are numbered from 1 and chained: see `rules.roster`.
    """

    context_id: str
    number: int
    actor_id: str
    role: Role
    public_keys: tuple[str, ...] = ()
    by: str
    at: str  # ISO 8601 in UTC
    previous_digest: str | None = None  # of the change before it
    signature: str | None = None  # by `by`: a DSSE envelope


class KeyChange(Record):
    """A publish key that another one has followed, which it has signed: see `rules.authorship`."""

    former: str
    signature: str


class Package(Record):
    """One package in one context. The row's presence means "installed here".

    `revision` grows with its changes, `changed_by` made the last one, when the context had had `as_of`
    changes of its members; see `rules.packages`.
    """

    context_id: str
    package_id: str
    name: str
    description: str = ""
    created_by: str
    disabled: bool = False
    active_version_id: str | None = None  # what the whole context was set to; a device may differ
    follow_range: FollowRange = FollowRange.LATEST
    follow_tags: str | None = None  # "stable,beta"; see `rules.following`
    held_above: str | None = None  # rolled back from here: automatic upgrades only take something newer
    update_url: str | None = None
    publish_public_key: str | None = None  # of the author's signatures, base64
    publish_key_changes: tuple[KeyChange, ...] = ()
    revision: int = 0
    changed_by: str | None = None
    as_of: int | None = None
    signature: str | None = None  # by `changed_by`: a DSSE envelope


class Removal(Record):
    """That a package was uninstalled in a context where it had been signed. Stays when it is installed again.

    `revision` is greater than those of the records before; see `rules.packages`.
    """

    context_id: str
    package_id: str
    revision: int
    removed_by: str
    as_of: int
    signature: str | None = None  # by `removed_by`: a DSSE envelope


HistoryAction = Literal["created", "promoted:beta", "promoted:stable", "activated", "rolled-back", "yanked"]


class HistoryEntry(Record):
    """One act on a version. Times are ISO 8601 in UTC.

    `previous_digest` is that of the entry before it (see `rules.history`), `as_of` the number of changes of
    its members that the context had had by then, `signature` a DSSE envelope.
    """

    action: HistoryAction
    by: str
    at: str
    previous_digest: str | None = None
    as_of: int | None = None
    signature: str | None = None


class PackageVersion(Record):
    """A snapshot as a version of one context. A dev version belongs to one device."""

    package_version_id: str
    context_id: str
    package_id: str
    name: str
    version: str
    version_tag: VersionTag
    snapshot_digest: str
    app_navs: tuple[AppNav, ...] = ()
    created_by: str
    created_at: str
    device_id: str | None = None
    yanked: bool = False
    signature: str | None = None  # of this record, by who wrote it: a DSSE envelope
    author_signature: str | None = None  # of what was published, by the package's publish key
    history: tuple[HistoryEntry, ...] = ()


class DevicePrefs(Record):
    """One device's own choices for a package in a context; never synced."""

    context_id: str
    package_id: str
    active_version_id: str | None = None  # a dev row; another one counts under `override` only
    pinned: bool = False
    override: bool = False  # this device goes its own way: active version, what it follows
    follow_range: FollowRange | None = None
    follow_tags: str | None = None
    held_above: str | None = None
    source_path: str | None = None  # the author's project folder, when installed from one


class ProviderChoice(Record):
    """Which package a context has chosen as the provider of a contract, before what consumers prefer."""

    context_id: str
    contract_id: str
    version: int
    package_id: str
    by: str
    at: str  # ISO 8601 in UTC


class DevShape(Record):
    """What a contract's version was last seen to look like in a context, while it is not frozen there.

    It outlives the version that showed it, so that what others claim of it can go on being judged.
    """

    context_id: str
    contract_id: str
    version: int
    shape: dict[str, Any]  # see `rules.contracts`
    digest: str  # of the shape's canonical JSON
    package_id: str
    at: str  # ISO 8601 in UTC


class FrozenShape(Record):
    """What a contract's version looks like in a context, for ever, since it first became stable there."""

    context_id: str
    contract_id: str
    version: int
    shape: dict[str, Any]  # see `rules.contracts`
    digest: str  # of the shape's canonical JSON
    package_version_id: str  # that became stable first
    at: str  # ISO 8601 in UTC
