"""Members: who is what, and what setting it would change."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from tests.web.consoles import HOST, ORIGIN, browser, cells, confirm, form_token

AT = "/c/acme/members"


def roles(runtime: Runtime) -> dict[str, Role]:
    return {one.actor_id: one.role for one in runtime.members.list("acme")}


def test_a_role_is_previewed_and_then_set(runtime: Runtime, client: TestClient) -> None:
    page = client.get(f"{AT}/set?member=bob&role=writer").text
    assert "<td>none</td><td><strong>writer</strong></td>" in cells(page)
    assert roles(runtime) == {"ada": Role.OWNER}
    done = confirm(client, f"{AT}/set?member=bob&role=writer")
    assert (done.url.path, "Set a role: done." in done.text) == (AT, True)
    assert roles(runtime)["bob"] is Role.WRITER


def test_somebody_is_taken_out(runtime: Runtime, client: TestClient) -> None:
    runtime.members.set("acme", "bob", Role.ADMIN)
    confirm(client, f"{AT}/set?member=bob&role=none")
    assert roles(runtime) == {"ada": Role.OWNER}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("member=ada&role=reader", 403, "P0418"),  # the last owner
        ("member=bob&role=king", 400, "P0901"),
        ("member=&role=reader", 400, "P0901"),
        ("", 400, "P0901"),
    ],
)
def test_what_cannot_be_is_said_before_it_is_done(
    client: TestClient, query: str, status: int, code: str
) -> None:
    page = client.get(f"{AT}/set?{query}")
    assert (page.status_code, code in page.text) == (status, True)
    assert 'method="post"' not in page.text


def test_the_personal_context_has_no_members(client: TestClient) -> None:
    assert "it has no members" in client.get("/c/personal/members").text


def test_who_is_no_admin_sees_who_is_what_and_sets_nothing(runtime: Runtime) -> None:
    runtime.members.set("acme", "bob", Role.WRITER)
    console = web.app(runtime, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    bob = browser(console)
    bob.headers["x-user"] = "bob"
    page = bob.get(AT).text
    assert "ada" in page
    assert "Somebody else" not in page
    assert "the role of ada" not in page
    given = {"form": form_token(page), "member": "eve", "role": "reader"}
    assert bob.post(f"{AT}/set", data=given, headers=ORIGIN).status_code == 403
    assert bob.get("/c/globex/members").status_code == 403
    assert roles(runtime) == {"ada": Role.OWNER, "bob": Role.WRITER}
    stepped = {"form": form_token(page), "member": "bob", "role": "reader"}  # anybody may step down
    assert bob.post(f"{AT}/set", data=stepped, headers=ORIGIN).status_code == 200
    assert roles(runtime)["bob"] is Role.READER
    console.close()


def test_another_site_or_session_sets_nothing(runtime: Runtime, client: TestClient) -> None:
    given = {"form": form_token(client.get(AT).text), "member": "bob", "role": "owner"}
    assert client.post(f"{AT}/set", data=given, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post(f"{AT}/set", data={**given, "form": "0" * 64}, headers=ORIGIN).status_code == 403
    assert roles(runtime) == {"ada": Role.OWNER}
