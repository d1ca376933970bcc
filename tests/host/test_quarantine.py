"""Forged records in a shared catalog: found, listed, and used by nobody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from peers_runtime import NoRoute, PackageVersion, Role, RoleTooLow, Runtime, SignatureInvalid, VersionTag
from peers_runtime.catalog import index
from peers_runtime.operations.signing import PAYLOAD_TYPE
from peers_runtime.rules import history, packages, roster
from peers_runtime.trust.keys import Keys
from tests.host.devices import Group, until
from tests.world import project, screen

AT = "2026-01-02T03:04:05.000+00:00"
Forge = Callable[["Pair", PackageVersion], PackageVersion]
Write = Callable[["Pair", PackageVersion], None]


class Pair:
    """The desk of Ada, Owner, and Grace's laptop; both use notes 1.0.0, and the desk has built 2.0.0."""

    def __init__(self, group: Group, desk: Runtime, laptop: Runtime) -> None:
        self.group = group
        self.folder = group.folder
        self.desk = desk
        self.laptop = laptop

    def sign(self, actor: str, device: str) -> Callable[[bytes], str]:
        return partial(Keys(self.folder / device / "keys").signer(actor).sign, PAYLOAD_TYPE)

    def write(self, version: PackageVersion) -> None:
        with self.desk.services.catalog.write() as writer:
            writer.put_version(version)

    def write_silently(self, version: PackageVersion) -> None:
        """As a program that says nothing of it in the feed of changes; then something else changes there."""
        said = version.model_dump(
            include={"version_tag", "snapshot_digest", "device_id", "yanked", "signature", "author_signature"}
        )
        said |= {
            "version_tag": str(version.version_tag),
            "history": json.dumps([one.wire() for one in version.history]),
        }
        columns = ", ".join(f"{column} = ?" for column in said)
        statement = f"UPDATE package_versions SET {columns} WHERE package_version_id = ?"
        self.group.change(statement, *said.values(), version.package_version_id)
        self.desk.members.set("acme", "rita", Role.READER)

    def row(self, version: str) -> PackageVersion:
        return next(one for one in self.desk.versions("notes", "acme") if one.version == version)

    def faults(self) -> list[str]:
        return [one.message for one in self.laptop.diagnostics() if one.code == "P0703"]

    def refused(self) -> dict[str, list[str]]:
        """By row, as it stands in the laptop's home."""
        files = (self.folder / "laptop").glob("beliefs-*/acme.json")
        return {row: why for file in files for row, why in json.loads(file.read_text())["refused"].items()}

    def shown(self) -> object:
        return self.laptop.context("acme").render("notes").content

    def await_(self, holds: Callable[[], object]) -> None:
        until(holds, lambda: (self.shown(), self.faults()))


def source(folder: Path, version: str) -> Path:
    return project(folder / version, version=version, files=screen("notes", "notes", version))


@pytest.fixture
def pair(group: Group, tmp_path: Path) -> Iterator[Pair]:
    with group.open("desk", "ada") as desk, group.open("laptop", "grace") as laptop:
        desk.contexts.create("acme")
        desk.members.set("acme", "grace", Role.WRITER)
        desk.install(source(tmp_path, "1.0.0"), context="acme")
        desk.promote("notes", "1.0.0", "stable", context="acme")
        laptop.context()
        pair = Pair(group, desk, laptop)
        pair.await_(lambda: "acme" in laptop.services.engine.state.contexts and pair.shown() == "1.0.0")
        desk.install(source(tmp_path, "2.0.0"), context="acme")
        yield pair


def promoted(pair: Pair, version: PackageVersion, by: str, device: str) -> PackageVersion:
    planned = history.appended(version, "promoted:stable", by, AT)
    with pair.desk.services.catalog.read() as reader:
        as_of = reader.roster("acme").count
    return history.signed(planned, len(version.history), as_of, pair.sign(by, device))


def _unsigned(pair: Pair, version: PackageVersion) -> PackageVersion:
    return version.model_copy(update={"version_tag": VersionTag.STABLE, "device_id": None})


def _by_another_key(pair: Pair, version: PackageVersion) -> PackageVersion:
    return promoted(pair, version, "ada", "laptop")


def _by_nobody_known(pair: Pair, version: PackageVersion) -> PackageVersion:
    return promoted(pair, version, "mallory", "laptop")


def _with_too_low_a_role(pair: Pair, version: PackageVersion) -> PackageVersion:
    pair.desk.members.allow_key("acme", "grace", pair.laptop.public_key())
    return promoted(pair, version, "grace", "laptop")


def _of_another_snapshot(pair: Pair, version: PackageVersion) -> PackageVersion:
    other = pair.row("1.0.0").snapshot_digest
    return promoted(pair, version, "ada", "desk").model_copy(update={"snapshot_digest": other})


def _with_a_cut_history(pair: Pair, version: PackageVersion) -> PackageVersion:
    made = promoted(pair, version, "ada", "desk")
    return made.model_copy(update={"history": made.history[1:]})


@pytest.mark.parametrize("write", [Pair.write, Pair.write_silently])
@pytest.mark.parametrize(
    ("forge", "why"),
    [
        (_unsigned, "the record says stable, its history leads to dev"),
        (_by_another_key, "the signature is not by the key that it should be by"),
        (_by_nobody_known, "mallory is no member of the context"),
        (_with_too_low_a_role, "one must be Admin, the role held is Writer"),
        (_of_another_snapshot, "ada has signed something else than stands here"),
        (_with_a_cut_history, "a history begins with created, not with promoted:stable"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_a_forged_promotion_reaches_nobody(pair: Pair, forge: Forge, why: str, write: Write) -> None:
    true = pair.row("2.0.0")
    write(pair, forge(pair, true))
    pair.await_(lambda: pair.faults() != [])
    (fault,) = pair.faults()
    assert why in fault
    assert "notes 2.0.0 in context 'acme' is not used" in fault
    assert pair.shown() == "1.0.0"
    pair.await_(lambda: true.package_version_id in pair.refused())


def test_it_stays_out_when_something_else_changes_and_after_a_restart(pair: Pair) -> None:
    pair.write(_unsigned(pair, pair.row("2.0.0")))
    pair.await_(lambda: pair.faults() != [])
    pair.desk.members.set("acme", "rita", Role.READER)
    known = pair.desk.services.catalog.state("desk").sequence
    pair.await_(lambda: pair.laptop.services.engine.state.sequence >= known)
    assert pair.shown() == "1.0.0"
    pair.laptop.close()
    with pair.group.open("laptop", "grace") as restarted:
        assert restarted.context("acme").render("notes").content == "1.0.0"


def test_what_a_writer_says_of_the_package_is_not_believed_where_it_takes_an_admin(pair: Pair) -> None:
    """Grace can write the catalog, and sign; she is no Admin."""
    pair.desk.members.allow_key("acme", "grace", pair.laptop.public_key())
    pair.desk.promote("notes", "2.0.0", "beta", context="acme")
    (package,) = pair.desk.packages("acme")
    forged = package.model_copy(update={"follow_tags": "*"})
    with pair.desk.services.catalog.write() as writer:
        as_of = writer.roster("acme").count
        writer.put_package(packages.signed(forged, 9, "grace", as_of, pair.sign("grace", "laptop")))
    pair.await_(lambda: pair.faults() != [])
    (fault,) = pair.faults()
    assert "what is said of notes in context 'acme' is not used: to change what the context follows" in fault
    assert pair.shown() == "1.0.0"
    pair.desk.follow("notes", "acme", tags="stable,beta")  # by Ada, on what was believed before
    pair.await_(lambda: pair.shown() == "2.0.0")
    assert pair.faults() == []


def test_nobody_makes_themselves_a_member_or_more(pair: Pair) -> None:
    with pair.desk.services.catalog.read() as reader:
        known = reader.roster("acme")
    for actor, role, device in (("grace", Role.OWNER, "laptop"), ("mallory", Role.ADMIN, "laptop")):
        key = Keys(pair.folder / device / "keys").signer(actor).public_key
        change = roster.changed(known, "acme", actor, role, [key], actor, AT)
        with pair.desk.services.catalog.write() as writer:
            writer.put_membership(roster.signed(change, "group", pair.sign(actor, device)))
        pair.await_(lambda: any("after change" in one for one in pair.faults()))
        with pytest.raises(RoleTooLow):
            pair.laptop.promote("notes", "2.0.0@desk", "stable", "acme", actor)
    pair.desk.members.set("acme", "rita", Role.READER)  # in the place of what nobody believes
    pair.await_(lambda: pair.faults() == [])
    assert [one.actor_id for one in pair.laptop.members.list("acme")] == ["ada", "grace", "rita"]


def test_who_was_an_admin_does_not_date_an_act_back(pair: Pair) -> None:
    pair.desk.members.set("acme", "grace", Role.ADMIN)
    pair.desk.members.allow_key("acme", "grace", pair.laptop.public_key())
    with pair.desk.services.catalog.read() as reader:
        as_admin = reader.roster("acme").count
    pair.desk.members.set("acme", "grace", Role.READER)
    known = pair.desk.services.engine.state.sequence
    pair.await_(lambda: pair.laptop.services.engine.state.sequence >= known)
    true = pair.row("2.0.0")
    planned = history.appended(true, "promoted:stable", "grace", AT)
    sign = pair.sign("grace", "laptop")
    pair.write(history.signed(planned, len(true.history), as_admin, sign))
    pair.await_(lambda: pair.faults() != [])
    assert f"it is as of change {as_admin} of the members, where it must be" in pair.faults()[0]
    assert pair.shown() == "1.0.0"


def test_a_record_that_is_mended_is_used(pair: Pair) -> None:
    true = pair.row("2.0.0")
    pair.write(_by_another_key(pair, true))
    pair.await_(lambda: pair.faults() != [])
    pair.write(promoted(pair, true, "ada", "desk"))
    pair.await_(lambda: pair.shown() == "2.0.0")
    assert pair.faults() == []
    pair.await_(lambda: pair.refused() == {})


def test_what_nobody_would_use_is_looked_at_all_the_same(pair: Pair) -> None:
    """It may be used later, when nothing is new about it any more."""
    forged = pair.row("2.0.0").model_copy(update={"version_tag": VersionTag.BETA, "device_id": None})
    pair.write(forged)
    pair.await_(lambda: pair.faults() != [])
    pair.laptop.follow("notes", "acme", tags="stable,beta", device=True)
    assert pair.shown() == "1.0.0"
    with pytest.raises(SignatureInvalid):
        pair.laptop.activate("notes", "2.0.0", "acme", device=True)


@pytest.mark.parametrize("write", [Pair.write, Pair.write_silently])
def test_an_older_record_cannot_be_put_back(pair: Pair, write: Write) -> None:
    pair.desk.promote("notes", "2.0.0", "stable", context="acme")
    pair.await_(lambda: pair.shown() == "2.0.0")
    older = pair.row("2.0.0")
    pair.desk.yank("notes", "2.0.0", "acme")
    pair.desk.rollback("notes", "acme")
    pair.await_(lambda: pair.shown() == "1.0.0")
    write(pair, older)
    pair.await_(lambda: pair.faults() != [])
    (fault,) = pair.faults()
    assert "does not go on where the one seen before ended" in fault
    assert pair.shown() == "1.0.0"
    assert [one.problems for one in pair.laptop.history("notes", "acme") if one.problems] != []


def test_a_release_does_not_become_a_build_again(pair: Pair) -> None:
    """Which may point at whatever its device has built last."""
    pair.laptop.pin("notes", "acme")
    release, build = pair.row("1.0.0"), pair.row("2.0.0")
    forged = build.model_copy(
        update={"package_version_id": release.package_version_id, "device_id": "laptop", "signature": None}
    )
    pair.write_silently(forged.model_copy(update={"history": build.history[:1]}))
    pair.await_(lambda: any("notes 2.0.0" in one or "notes 1.0.0" in one for one in pair.faults()))
    assert pair.laptop.resolve("notes", "acme").version is None


def test_a_build_of_another_is_not_put_in_the_place_of_a_devices_own(pair: Pair) -> None:
    """Also not when it is signed by somebody who may build, on another device."""
    own = pair.laptop.install(source(pair.folder, "3.0.0"), context="acme")
    pair.await_(lambda: pair.shown() == "3.0.0")
    forged = pair.row("2.0.0").model_copy(
        update={"package_version_id": own.package_version_id, "device_id": own.device_id}
    )
    begun = forged.model_copy(update={"history": (), "signature": None})
    planned = history.appended(begun, "created", "ada", AT)
    with pair.desk.services.catalog.read() as reader:
        as_of = reader.roster("acme").count
    pair.write(history.signed(planned, 0, as_of, pair.sign("ada", "desk")))
    pair.await_(lambda: any("which has not signed it" in one for one in pair.faults()))
    pair.await_(lambda: pair.shown() == "1.0.0")


def test_a_device_does_not_act_on_what_nobody_told_it_of(pair: Pair) -> None:
    """Nothing says that the context has changed, so nothing is looked at until somebody acts."""
    pair.desk.promote("notes", "2.0.0", "stable", "acme")
    pair.await_(lambda: pair.shown() == "2.0.0")
    pair.desk.rollback("notes", "acme")
    pair.await_(lambda: pair.shown() == "1.0.0")
    pair.group.change(
        "UPDATE package_versions SET snapshot_digest = ? WHERE package_version_id = ?",
        pair.row("1.0.0").snapshot_digest,
        pair.row("2.0.0").package_version_id,
    )
    assert pair.faults() == []
    with pytest.raises(SignatureInvalid):
        pair.laptop.activate("notes", "2.0.0", "acme", device=True)
    (fault,) = pair.faults()
    assert "the record of notes 2.0.0 in context 'acme' is not used" in fault
    assert pair.laptop.pin("notes", "acme").reason == "this device stays at 1.0.0"


def test_what_an_admin_released_is_taken_after_they_have_left(pair: Pair) -> None:
    pair.desk.members.set("acme", "grace", Role.ADMIN)
    pair.laptop.close()
    pair.desk.promote("notes", "2.0.0", "stable", context="acme")
    pair.desk.members.set("acme", "olga", Role.OWNER)
    pair.desk.members.set("acme", "ada", Role.NONE)
    with pair.group.open("third", "grace") as third:
        assert third.context("acme").render("notes").content == "2.0.0"
        assert [one for one in third.diagnostics() if one.code == "P0703"] == []


def test_routes_and_apps_are_those_of_the_snapshot_whatever_a_shared_catalog_says_of_them(pair: Pair) -> None:
    forged = project(pair.folder / "forged", "forged", files=screen("forged", "elsewhere", ""))
    with Runtime.in_memory() as runtime:
        (route,) = runtime.manifest(runtime.install(forged).package_id).definition.routes
    said = json.dumps(index.route_rows([route]))
    statement = "UPDATE snapshots SET routes = ?, app_navs = ? WHERE digest = ?"
    pair.group.change(statement, said, json.dumps([{"name": "Evil"}]), pair.row("1.0.0").snapshot_digest)
    with pair.group.open("third", "ada") as third:
        acme = third.context("acme")
        until(lambda: acme.render("notes").content == pair.shown())
        assert [app.name for app in acme.apps] == []
        with pytest.raises(NoRoute):
            acme.render("elsewhere")
