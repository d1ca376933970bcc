"""The catalog's tables, in types that SQLite and PostgreSQL share.

Columns are named like the fields of the records in `model.catalog`, so that a row is a record's arguments.
A change here needs a migration beside it and a new `REVISION`.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
    false,
    text,
)

REVISION = "0007"  # what Alembic calls the newest migration
IS_DEV = text("version_tag = 'dev'")
IS_PROMOTED = text("version_tag <> 'dev'")

metadata = MetaData()

contexts = Table(
    "contexts",
    metadata,
    Column("context_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    CheckConstraint("kind IN ('personal', 'group')", name="known_kind"),
)

# Who is what in a context, as a chain of changes: see `rules.roster`.
memberships = Table(
    "memberships",
    metadata,
    Column("context_id", String, ForeignKey("contexts.context_id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("actor_id", String, nullable=False),
    Column("role", Integer, nullable=False),
    Column("public_keys", JSON, nullable=False),
    Column("by", String, nullable=False),
    Column("at", String, nullable=False),
    Column("previous_digest", String),
    Column("signature", String),
)

packages = Table(
    "packages",
    metadata,
    Column("context_id", String, ForeignKey("contexts.context_id", ondelete="CASCADE"), primary_key=True),
    Column("package_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("description", String, nullable=False),
    Column("created_by", String, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("active_version_id", String),
    Column("follow_range", String, nullable=False, server_default="latest"),
    Column("follow_tags", String),
    Column("held_above", String),
    Column("update_url", String),
    Column("publish_public_key", String),
    Column("publish_key_changes", JSON, nullable=False, server_default="[]"),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("changed_by", String),
    Column("as_of", Integer),
    Column("signature", String),
    UniqueConstraint("context_id", "name", name="one_package_per_name"),
)

# Signed packages that were uninstalled, for ever: see `rules.packages`.
removals = Table(
    "removals",
    metadata,
    Column("context_id", String, ForeignKey("contexts.context_id", ondelete="CASCADE"), primary_key=True),
    Column("package_id", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("removed_by", String, nullable=False),
    Column("as_of", Integer, nullable=False),
    Column("signature", String),
)

# One row per snapshot that this home keeps; the manifest itself is a blob. Routes and app navs stand here
# as the activation index wants them, so that writing the index opens no blob.
snapshots = Table(
    "snapshots",
    metadata,
    Column("digest", String, primary_key=True),
    Column("package_id", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("version", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("routes", JSON, nullable=False),
    Column("app_navs", JSON, nullable=False),
    Column("component_numbers", JSON, nullable=False, server_default="{}"),  # as it was packed; by id
)

# Which snapshots one needs itself; what these need has rows of its own.
snapshot_dependencies = Table(
    "snapshot_dependencies",
    metadata,
    Column("digest", String, ForeignKey("snapshots.digest", ondelete="CASCADE"), primary_key=True),
    Column("depends_on", String, primary_key=True),
    Index("snapshot_dependencies_depends_on", "depends_on"),
)

# The versions of packages that were packed in a context, for ever, whether or not the package is installed.
packed = Table(
    "packed",
    metadata,
    Column("context_id", String, ForeignKey("contexts.context_id", ondelete="CASCADE"), primary_key=True),
    Column("package_id", String, primary_key=True),
    Column("version", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("snapshot_digest", String, ForeignKey("snapshots.digest"), nullable=False),
    Column("at", String, nullable=False),
    Column("by", String, nullable=False),
)

# Each number of a component, for ever, with the packed version that it first stood in.
publications = Table(
    "publications",
    metadata,
    Column("context_id", String, primary_key=True),
    Column("package_id", String, primary_key=True),
    Column("component_id", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("type", String, nullable=False),
    Column("content_digest", String, nullable=False),
    Column("version", String, nullable=False),
    ForeignKeyConstraint(
        ["context_id", "package_id", "version"],
        ["packed.context_id", "packed.package_id", "packed.version"],
        ondelete="CASCADE",
    ),
)

package_versions = Table(
    "package_versions",
    metadata,
    Column("package_version_id", String, primary_key=True),
    Column("context_id", String, nullable=False),
    Column("package_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("version", String, nullable=False),
    Column("version_tag", String, nullable=False),
    Column("snapshot_digest", String, ForeignKey("snapshots.digest"), nullable=False),
    Column("app_navs", JSON, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("device_id", String),
    Column("yanked", Boolean, nullable=False, server_default=false()),
    Column("signature", String),
    Column("author_signature", String),
    Column("history", JSON, nullable=False),
    ForeignKeyConstraint(
        ["context_id", "package_id"], ["packages.context_id", "packages.package_id"], ondelete="CASCADE"
    ),
    CheckConstraint("version_tag IN ('dev', 'beta', 'stable')", name="known_tag"),
    CheckConstraint("version_tag <> 'dev' OR device_id IS NOT NULL", name="dev_belongs_to_a_device"),
    Index(
        "one_promoted_version",
        "context_id",
        "package_id",
        "version",
        unique=True,
        sqlite_where=IS_PROMOTED,
    ),
    Index(
        "one_dev_version",
        "context_id",
        "package_id",
        "device_id",
        unique=True,
        sqlite_where=IS_DEV,
    ),
    Index("versions_of_a_package", "context_id", "package_id"),
)


@event.listens_for(package_versions, "before_create")
def _partial_in_postgresql(table: Table, connection: Connection, **_: object) -> None:
    """Above, `postgresql_where=` would import that dialect whenever a catalog is opened, for 60 ms."""
    if connection.dialect.name == "postgresql":
        for index in table.indexes:
            index.dialect_kwargs["postgresql_where"] = index.dialect_options["sqlite"]["where"]


device_prefs = Table(
    "device_prefs",
    metadata,
    Column("device_id", String, primary_key=True),
    Column("context_id", String, primary_key=True),
    Column("package_id", String, primary_key=True),
    Column("active_version_id", String),
    Column("pinned", Boolean, nullable=False, server_default=false()),
    Column("override", Boolean, nullable=False, server_default=false()),
    Column("follow_range", String),
    Column("follow_tags", String),
    Column("held_above", String),
    Column("source_path", String),
    Column("seal", String),
    ForeignKeyConstraint(
        ["context_id", "package_id"], ["packages.context_id", "packages.package_id"], ondelete="CASCADE"
    ),
)

# The shape of a contract's version in a context, for ever, since it first became stable there.
frozen_shapes = Table(
    "frozen_shapes",
    metadata,
    Column("context_id", String, ForeignKey("contexts.context_id", ondelete="CASCADE"), primary_key=True),
    Column("contract_id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("shape", JSON, nullable=False),
    Column("digest", String, nullable=False),
    Column("package_version_id", String, nullable=False),  # that was promoted first
    Column("at", String, nullable=False),
)

# The shape of a contract's version in a context as a dev or beta version of its package last had it.
dev_shapes = Table(
    "dev_shapes",
    metadata,
    Column("context_id", String, ForeignKey("contexts.context_id", ondelete="CASCADE"), primary_key=True),
    Column("contract_id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("shape", JSON, nullable=False),
    Column("digest", String, nullable=False),
    Column("package_id", String, nullable=False),
    Column("at", String, nullable=False),
)

# Whom a context has chosen as the provider of a contract.
provider_choices = Table(
    "provider_choices",
    metadata,
    Column("context_id", String, ForeignKey("contexts.context_id", ondelete="CASCADE"), primary_key=True),
    Column("contract_id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("package_id", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", String, nullable=False),
)

# The values of variables that a catalog keeps: see `rules.variables`. A scope that does not tell contexts or
# actors apart has "" in their place.
variables = Table(
    "variables",
    metadata,
    Column("scope", String, primary_key=True),
    Column("context_id", String, primary_key=True),
    Column("actor_id", String, primary_key=True),
    Column("package_id", String, primary_key=True),
    Column("variable_id", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("is_sealed", Boolean, nullable=False),
    Column("by", String, nullable=False),
    Column("at", String, nullable=False),
)

# The runs of workflows, and how each of their steps ended: see `rules.workflows`. Nothing that is active
# depends on them, so that a row of theirs is no change in the feed.
runs = Table(
    "runs",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("context_id", String, ForeignKey("contexts.context_id", ondelete="CASCADE"), nullable=False),
    Column("device_id", String, nullable=False),
    Column("package_id", String, nullable=False),
    Column("package", String, nullable=False),
    Column("version", String, nullable=False),
    Column("snapshot_digest", String, nullable=False),
    Column("workflow_id", String, nullable=False),
    Column("workflow", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("status", String, nullable=False),
    Column("input", JSON, nullable=False),
    Column("output", JSON, nullable=False),
    Column("fault", JSON, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("started_at", String, nullable=False),
    Column("ended_at", String),
    Column("seal", String, nullable=False),  # by the home in which it goes on
    Index("runs_of_a_context", "context_id", "started_at"),
    Index("runs_by_status", "status"),
)

run_steps = Table(
    "run_steps",
    metadata,
    Column("run_id", String, ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True),
    Column("path", String, primary_key=True),
    Column("position", Integer, nullable=False),  # in the order in which they began
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("input", JSON, nullable=False),
    Column("output", JSON, nullable=False),
    Column("fault", JSON, nullable=False),
    Column("at", String, nullable=False),
    Column("seal", String, nullable=False),
)

# What was made active when and by whom, for all of a context or for one device; no version: none any more.
activations = Table(
    "activations",
    metadata,
    Column("sequence", Integer, ForeignKey("changes.sequence"), primary_key=True, autoincrement=False),
    Column("context_id", String, nullable=False),
    Column("package_id", String, nullable=False),
    Column("device_id", String),
    Column("package_version_id", String),
    Column("by", String, nullable=False),
    Column("at", String, nullable=False),
    ForeignKeyConstraint(
        ["context_id", "package_id"], ["packages.context_id", "packages.package_id"], ondelete="CASCADE"
    ),
    Index("activations_of_a_package", "context_id", "package_id"),
)

# The feed: one row per record written, numbered without gaps in the order of the commits.
changes = Table(
    "changes",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("context_id", String),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
)
