"""Installing from the console: from this machine or with a wheel, seen first, by whoever runs the host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from peers_runtime import RequestRefused, Role, Runtime, RuntimeClosed, web
from peers_runtime.web import bodies
from peers_runtime.web.uploads import Uploads
from tests.web.consoles import HOST, ORIGIN, SAMPLES, active, browser, fields, form_token

AT = "/c/acme/install"


def asked(client: TestClient, given: dict[str, str], **more: Any):
    """Send the form as a browser does, which has a file only where one was chosen."""
    token = form_token(client.get("/c/acme/").text)
    files = {name: (None, value) for name, value in {"form": token, **given}.items()}
    return client.post(AT, files={**files, **more}, headers=ORIGIN)


def confirmed(client: TestClient, page: Any):
    return client.post(f"{AT}/do", data=fields(page.text), headers=ORIGIN)


def test_a_folder_is_seen_first_and_then_installed(runtime: Runtime, client: TestClient) -> None:
    assert "Install into acme" in client.get(AT).text
    page = asked(client, {"source": str(SAMPLES / "notes-1")})
    assert page.status_code == 200
    assert "notes" in page.text
    assert runtime.packages("acme") == []
    done = confirmed(client, page)
    assert (done.url.path, "Install: done." in done.text) == ("/c/acme/packages/notes", True)
    assert active(runtime, "notes") == "1.0.0"


def test_it_may_be_stored_only(runtime: Runtime, client: TestClient) -> None:
    page = asked(client, {"source": str(SAMPLES / "notes-1"), "activate": "no"})
    confirmed(client, page)
    assert active(runtime, "notes") is None
    assert len(runtime.versions("notes", "acme")) == 1


def test_a_wheel_is_sent_seen_and_installed(runtime: Runtime, client: TestClient, tmp_path: Path) -> None:
    from tests.web.consoles import shown

    made = runtime.pack(shown(tmp_path / "p", "note", "def render(p, c): return 'x'"), out=tmp_path)
    wheel = next(tmp_path.glob("*.whl"))
    assert made is not None
    page = asked(client, {}, wheel=(wheel.name, wheel.read_bytes()))
    assert page.status_code == 200, page.text
    assert runtime.packages("acme") == []
    confirmed(client, page)
    assert active(runtime, "note") == "1.0.0"
    gone = confirmed(client, page)
    assert (gone.status_code, "no longer kept" in gone.text) == (403, True)


def test_a_file_may_be_larger_than_other_forms_and_not_endless(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = asked(client, {}, wheel=("big-1.0.0-py3-none-any.whl", b"x" * (bodies.LARGEST + 1)))
    assert large.status_code != 413  # it is no wheel, and that is said
    assert "P0702" in large.text
    monkeypatch.setattr(bodies, "LARGEST_WHEEL", 10_000)
    larger = asked(client, {}, wheel=("big-1.0.0-py3-none-any.whl", b"x" * 10_001))
    assert larger.status_code == 413


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"source": "sample_packages/notes-1"}, "P0901"),
        ({"source": "/nowhere/at/all"}, "P0101"),
        ({"source": "entry-point:nobody"}, "P0101"),
        ({"source": ""}, "P0901"),
    ],
)
def test_what_cannot_be_installed_is_said(client: TestClient, given: dict[str, str], code: str) -> None:
    page = asked(client, given)
    assert page.status_code >= 400
    assert code in page.text
    assert f'action="{AT}/do"' not in page.text


def test_what_cannot_be_installed_stays_in_the_form(client: TestClient) -> None:
    page = asked(client, {"source": "/nowhere/at/all", "activate": "no"})
    assert 'name="source" value="/nowhere/at/all"' in page.text
    assert 'id="store-path" name="activate" value="no" checked' in page.text


def test_a_wheel_that_cannot_be_read_is_named_as_its_sender_knows_it(client: TestClient) -> None:
    page = asked(client, {}, wheel=("x.whl", b"junk"))
    assert page.status_code == 400
    assert "x.whl is not a wheel that can be read" in page.text
    assert "peers-uploads-" not in page.text
    assert 'name="wheel"' in page.text  # the form, for another try


def test_a_project_that_is_wrong_is_no_failure_of_the_console(client: TestClient, tmp_path: Path) -> None:
    from tests.web.consoles import shown

    wrong = shown(tmp_path / "p", "note", "def render(p, c): return 'x'", files={"package.py": "pkg = ("})
    assert asked(client, {"source": str(wrong)}).status_code == 400


@pytest.mark.parametrize("name", ["../up.whl", "notes.zip", "a/b.whl", ".whl", "x" * 300 + ".whl", "a\0.whl"])
def test_what_has_no_wheels_name_is_not_kept(name: str) -> None:
    uploads = Uploads()
    with pytest.raises(RequestRefused):
        uploads.keep(name, b"")
    uploads.close()


def test_few_wheels_are_kept_and_none_after_the_end() -> None:
    uploads = Uploads()
    tokens = [uploads.keep("a-1-py3-none-any.whl", b"%d" % number) for number in range(9)]
    with pytest.raises(RequestRefused):
        uploads.path(tokens[0])
    kept = uploads.path(tokens[8])
    assert kept.read_bytes() == b"8"
    uploads.close()
    uploads.close()
    assert not kept.exists()
    with pytest.raises(RuntimeClosed):
        uploads.keep("a-1-py3-none-any.whl", b"")


def test_it_is_for_whoever_runs_the_host(runtime: Runtime) -> None:
    runtime.members.set("acme", "bob", Role.OWNER)
    console = web.app(runtime, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    bob = browser(console)
    bob.headers["x-user"] = "bob"
    page = bob.get("/c/acme/packages").text
    assert "Install…" not in page
    assert bob.get(AT).status_code == 403
    given = {"form": form_token(page), "source": str(SAMPLES / "notes-1")}
    parts = {name: (None, value) for name, value in given.items()}
    assert bob.post(AT, files=parts, headers=ORIGIN).status_code == 403
    assert bob.post(f"{AT}/do", data=given, headers=ORIGIN).status_code == 403
    assert runtime.packages("acme") == []
    console.close()


def test_no_other_site_installs(runtime: Runtime, client: TestClient) -> None:
    given = {"form": form_token(client.get("/c/acme/").text), "source": str(SAMPLES / "notes-1")}
    parts = {name: (None, value) for name, value in given.items()}
    evil = {"origin": "http://evil.example"}
    assert client.post(AT, files=parts, headers=evil).status_code == 403
    assert client.post(f"{AT}/do", data=given, headers=evil).status_code == 403
    stolen = {**given, "form": "0" * 64}
    assert client.post(f"{AT}/do", data=stolen, headers=ORIGIN).status_code == 403
    assert runtime.packages("acme") == []
