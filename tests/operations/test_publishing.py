"""The author of a package signs what is promoted, by a key that only its own word can change."""

from __future__ import annotations

import shutil

import pytest

from peers_runtime import KeyMismatch, PackageVersion, RoleTooLow, Runtime
from peers_runtime.operations import signing
from peers_runtime.rules import authorship, packages
from tests.operations.acting import BELOW_ADMIN, GROUP, Group
from tests.operations.test_tampering import faults


def is_by_author(group: Group, version: PackageVersion) -> bool:
    keys = authorship.publish_keys(group.package)
    assert authorship.fault(version, keys, signing.opened) is None
    return version.author_signature is not None


def publishes(group: Group, *, rotate: bool = False) -> str:
    decision = group.runtime.publish_key("notes", GROUP, rotate=rotate)
    group.verify()
    assert decision.applied
    key: str = group.package.publish_public_key
    return key


def test_what_is_promoted_with_the_key_at_hand_is_signed_by_the_author(group: Group) -> None:
    group.build("1.0.0")
    publishes(group)
    group.runtime.promote("notes", "1.0.0", "beta", GROUP)
    beta = group.row("1.0.0")
    assert is_by_author(group, beta)
    group.runtime.promote("notes", "1.0.0", "stable", GROUP)
    stable = group.row("1.0.0")
    assert is_by_author(group, stable)
    assert stable.author_signature != beta.author_signature  # it covers the tag
    group.verify()


def test_without_the_key_the_signature_of_another_tag_is_cleared(group: Group) -> None:
    group.build("1.0.0")
    publishes(group)
    group.runtime.promote("notes", "1.0.0", "beta", GROUP)
    for file in (group.runtime.home / "keys").glob("publisher-*"):
        file.unlink()
    group.runtime.promote("notes", "1.0.0", "stable", GROUP)
    assert group.row("1.0.0").author_signature is None
    group.verify()
    with pytest.raises(KeyMismatch, match="with a key that this device has not"):
        group.runtime.publish_key("notes", GROUP)


def test_a_dry_run_makes_no_key_and_says_what_would_be(group: Group) -> None:
    group.build("1.0.0")
    before = group.state()
    decision = group.runtime.publish_key("notes", GROUP, dry_run=True)
    assert [str(one) for one in decision.effects] == ["context: publish key none → a new one"]
    assert group.state() == before
    key = publishes(group)
    assert group.runtime.publish_key("notes", GROUP).effects == ()
    assert group.package.publish_public_key == key


def test_another_key_follows_by_the_word_of_the_one_before(group: Group) -> None:
    group.release("1.0.0")
    former = publishes(group)
    group.release("1.1.0")
    following = publishes(group, rotate=True)
    group.release("1.2.0")
    assert following != former
    assert authorship.publish_keys(group.package) == (former, following)
    assert [is_by_author(group, group.row(one)) for one in ("1.0.0", "1.1.0", "1.2.0")] == [False, True, True]
    group.verify()
    assert faults(group) == []


def test_another_key_without_that_word_is_listed_and_not_used(
    group: Group, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An Admin may say much of a package, but not who its author is."""
    group.release("1.0.0")
    former = publishes(group)
    with Runtime.open(tmp_path_factory.mktemp("other") / "home", actor="ada", facades=False) as other:
        foreign = other.public_key()
    package = group.package.model_copy(update={"publish_public_key": foreign})
    runtime = group.runtime
    with runtime.services.catalog.write() as writer:
        signer = runtime.services.keys.signer("ada")
        writer.put_package(
            packages.signed(
                package,
                package.revision + 1,
                "ada",
                writer.roster(GROUP).count,
                lambda statement: signer.sign(signing.PAYLOAD_TYPE, statement),
            )
        )
    assert group.package.publish_public_key == former
    (fault,) = faults(group)
    assert "its publish key is another one, which the one that was seen before has not signed" in fault


def test_a_signature_by_somebody_else_puts_a_version_under_quarantine(group: Group) -> None:
    group.release("1.0.0")
    publishes(group)
    version = group.release("1.1.0")
    other = group.release("1.2.0")
    group.change(
        "UPDATE package_versions SET author_signature = ? WHERE package_version_id = ?",
        other.author_signature,
        version.package_version_id,
    )
    (told,) = [one for one in group.runtime.history("notes", GROUP) if one.version.version == "1.1.0"]
    assert "the author's signature: it is over something else than stands here" in told.problems


def test_a_copy_keeps_its_authors_signature(group: Group) -> None:
    group.build("1.0.0")
    publishes(group)
    group.runtime.promote("notes", "1.0.0", "stable", GROUP)
    group.runtime.contexts.create("globex")
    group.runtime.copy("notes", GROUP, "globex")
    (copied,) = group.runtime.versions("notes", "globex")
    assert copied.author_signature == group.row("1.0.0").author_signature
    assert group.runtime.packages("globex")[0].publish_public_key == group.package.publish_public_key
    assert all(told.problems == () for told in group.runtime.history("notes", "globex"))
    for known in group.runtime.home.glob("beliefs*"):
        shutil.rmtree(known)
    assert group.runtime.resolve("notes", "globex").version == copied


@pytest.mark.parametrize(("actor", "held"), BELOW_ADMIN)
def test_saying_who_publishes_a_package_takes_an_admin(group: Group, actor: str, held: str) -> None:
    group.build("1.0.0")
    before = group.state()
    for rotate in (False, True):
        with pytest.raises(RoleTooLow) as caught:
            group.runtime.publish_key("notes", GROUP, actor, rotate=rotate)
        assert caught.value.facts["held"] == held
    assert group.state() == before
