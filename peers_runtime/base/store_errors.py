"""Errors of areas 06 to 09: what packages are kept as, travel as and are trusted by, and settings."""

from __future__ import annotations

from peers_runtime.base.families import Conflict, PackageError, Refused, StorageError, UsageError

# ── 06 snapshots and dependencies ────────────────────────────────────────────────────────────────


class CompilationError(PackageError):
    """A source file of the package does not compile."""

    code = "P0601"


class NoComponentsToPackage(PackageError):
    """The package contributes nothing: no UI, no runtime, no hook."""

    code = "P0602"


class SharedVersionMismatch(PackageError):
    """The host has a shared library in a version outside the range that the package needs, or lacks it."""

    code = "P0603"


class StillChanging(PackageError):
    """A project's folder changed all the while it was read, so that no state of it could be taken."""

    code = "P0604"


class CompiledDistribution(PackageError):
    """A distribution that is to be private has compiled code, or is built for one platform.

    A process has a compiled module once, however many versions of a package there are. Share the
    distribution with the host instead: all versions then import the one that the host has.
    """

    code = "P0605"


class PackageVersionExists(Conflict):
    """This version of the package was released or packed before.

    A version is one content for ever, so that whoever names it gets the same everywhere. Dev versions do not
    count.
    """

    code = "P0606"


class VersionNotGreater(Conflict):
    """The version to be packed is not above the latest one that was released."""

    code = "P0607"


class ManifestMismatch(PackageError):
    """The code of a packed wheel describes another package than the wheel's manifest does.

    Either the wheel was altered, or the package's definition depends on where it is evaluated: on the
    environment, on the Python version, or on the versions of shared libraries, such as the JSON Schemas that
    pydantic writes.
    """

    code = "P0608"


class WheelNotWritten(StorageError):
    """A packed wheel cannot be written where it was asked for: no folder, no permission, or no space."""

    code = "P0609"


class LockOutdated(PackageError):
    """A project's `peers.lock` is missing, damaged, or was made for other requirements than it has now."""

    code = "P0610"


class LockIncomplete(PackageError):
    """What a package carries does not suffice on this interpreter.

    A lock holds for the interpreter it was made on: another may need another distribution besides, or one of
    them in another version.
    """

    code = "P0611"


class Unresolvable(PackageError):
    """The package index has no distributions that meet all private requirements together.

    The message holds what the resolver said. What the host shares counts with the version that it has.
    """

    code = "P0612"


class NoResolver(UsageError):
    """Neither pip nor uv is to be had, and one of them has to ask the package index."""

    code = "P0613"


class WheelUnavailable(PackageError):
    """A locked wheel is not on this device, and the package index does not give it."""

    code = "P0614"


class ProjectNotWritable(StorageError):
    """A file of a project cannot be written: no permission, a read-only file system, or no space."""

    code = "P0615"


class DifferentPackages(UsageError):
    """Two versions are to be compared that are not of one package: their package ids differ."""

    code = "P0616"


class InvalidStatusTransition(PackageError):
    """A package sets the status or the number of a component.

    Both are computed. A component is published, and its number grows, when its package is packed; from then
    on it is modified when its content is another one.
    """

    code = "P0617"


class ComponentNameExists(PackageError):
    """Two components of a package have one name, by which a package lists them."""

    code = "P0618"


class UnknownComponent(UsageError):
    """No component of this name or id was published in the context, or none is in the project."""

    code = "P0619"


class DependencyNotFound(PackageError):
    """A package depends on another one that is not to be had here.

    When locking, the context has no package of that name. When installing, the very snapshot that is locked
    is neither in this home nor where homes exchange theirs, nor was its wheel given with it.
    """

    code = "P0620"


class VersionNotFound(PackageError):
    """A context has the package that a project depends on, and no version of it that fits the range.

    Versions count that were released or packed there and not yanked; a dev version can change any moment.
    """

    code = "P0621"


class InvalidPackageDependency(PackageError):
    """What a package depends on does not fit together.

    One import name that is two packages', or a private distribution's too; or one version with two contents.
    """

    code = "P0622"


class CircularDependency(PackageError):
    """A package depends on itself, in whichever version, through the packages on the path."""

    code = "P0623"


class NothingToGoBackTo(UsageError):
    """A component of a project was never published, or once only, and has nothing before that."""

    code = "P0624"


class UnknownNumber(UsageError):
    """No published version of the component has this number."""

    code = "P0625"


class CannotGoBack(PackageError):
    """With a component's published files in their places, the project would not compile or evaluate.

    Nothing was written. What else the component needs may have changed since then: what it shares with
    others is left as it is.
    """

    code = "P0626"


# ── 07 archive and trust ─────────────────────────────────────────────────────────────────────────


class DamagedBytes(StorageError):
    """Stored bytes differ from the digest they are named by; nothing of them is used."""

    code = "P0701"


class BadWheel(PackageError):
    """The file is not a wheel that can be read: the message names the entry and the rule."""

    code = "P0702"


class SignatureInvalid(Refused):
    """A signature is missing, is not by the key that it should be by, or is over something else."""

    code = "P0703"


class KeyMismatch(Refused):
    """The key that the actor has on this device is not the one that the context knows them by.

    A key is bound when its owner first signs in a context. Another one is allowed where they have signed
    before, or by an Admin who is not below them; in a catalog that is the home's own, by themselves when
    nobody else there could.
    """

    code = "P0704"


class NoSecretsKey(Refused):
    """A secret belongs into a catalog that homes share, and this host has no key that the others have, too.

    A secret of this device alone, and one in the home's own catalog, is sealed with the home's own key. For a
    shared catalog make one with `peers vars key FILE`, give each device a copy by a way that others cannot
    read, and name it with `Runtime.open(secrets_key=FILE)`, `--secrets-key` or PEERS_SECRETS_KEY. Nothing is
    ever kept in the clear instead.
    """

    code = "P0710"


class SecretUnreadable(StorageError):
    """A secret that is kept cannot be opened.

    It was sealed with another key, was altered, stands where another one was, or is not sealed at all:
    whoever can write the catalog could have put it there. Set it again, or reset it.
    """

    code = "P0711"


# ── 08 storage ───────────────────────────────────────────────────────────────────────────────────


class HomeTooNew(StorageError):
    """The home was written by a newer version of peers_runtime."""

    code = "P0801"


class HomeNotWritable(StorageError):
    """The home cannot be written: read-only, no permission, or the disk is full."""

    code = "P0802"


class HomeDamaged(StorageError):
    """A file of the home is missing or cannot be read as what it should be."""

    code = "P0803"


class RuntimeClosed(UsageError):
    """The runtime was closed."""

    code = "P0804"


class KeyExposed(StorageError):
    """Others than its owner may use a private key of the home, or a key of secrets.

    The host's key seals compiled code, an actor's key signs what the actor does. Who has one can forge
    either. Who has the key of secrets can read them.
    """

    code = "P0805"


class KeyDamaged(StorageError):
    """A private key of an actor, or a key that seals secrets, cannot be read as what it should be.

    It is not replaced by itself: signatures of a new key are not those of the old one, and no other key opens
    what was sealed.
    """

    code = "P0806"


class CatalogUnreachable(StorageError):
    """A catalog that homes share cannot be reached: its disk is not there, or its server does not answer.

    What was active goes on. A host that starts meanwhile begins with what its home knows.
    """

    code = "P0807"


class NotArrived(StorageError):
    """The files of a version have not arrived on this device yet.

    Its record came with the catalog that homes share, its files come by where these exchange snapshots. A
    device goes on with what it has until all of them are here.
    """

    code = "P0808"


# ── 09 configuration ─────────────────────────────────────────────────────────────────────────────


class InvalidSetting(UsageError):
    """A setting of the host, the command line or `[tool.peers]` cannot be used as given."""

    code = "P0901"


class WatchDegraded(UsageError):
    """A project is watched by looking at its files again and again, because the system tells of no changes.

    On Linux the system watches a limited number of folders for one user: raise
    `fs.inotify.max_user_watches` (`sudo sysctl fs.inotify.max_user_watches=524288`). On a network file system
    there is nothing to raise.
    """

    code = "P0902"


class RequestRefused(Refused):
    """The console refused a request before it was looked at, and nothing has changed.

    It answers to the hosts that it was given, to whoever came with its start-up token or is known to the host
    application, and acts on what its own pages send: from the same origin, with their form's token, of a
    bounded size.
    """

    code = "P0903"
