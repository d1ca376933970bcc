"""`peers mcp` as clients start it: one context, one actor, and nothing on the wire but the protocol."""

from __future__ import annotations

import signal
from pathlib import Path

import anyio
import pytest
from mcp.shared.exceptions import MCPError

from peers_runtime import Role, Runtime
from peers_runtime.mcp import tools as mcp_tools
from tests.cli.running import run_peers
from tests.mcp.clients import ERAS, PLATFORM, appeared, connected, desk, listed, over_stdio, started, text

pytestmark = pytest.mark.parametrize("era", ERAS)


def test_a_clientlists_and_calls_the_tools_of_its_context(home: Path, era: str) -> None:
    async def story() -> None:
        async with connected(over_stdio(home, "--actor", "ada"), era) as client:
            tools = {one.name: one for one in (await client.client.list_tools()).tools}
            assert list(tools) == [*listed(), *PLATFORM]
            add = tools["desk-add"]
            assert (add.title, add.description) == ("desk: add", "Add two numbers")
            assert add.input_schema["required"] == ["first", "second"]
            assert add.input_schema["additionalProperties"] is False
            assert add.input_schema["properties"]["second"]["description"] == "what is added"
            assert add.output_schema is not None
            assert add.annotations is not None
            assert (add.annotations.read_only_hint, add.annotations.destructive_hint) == (True, None)
            large = tools["desk-large"].annotations
            assert large is not None
            assert (large.read_only_hint, large.destructive_hint) == (None, False)
            assert large.idempotent_hint is True
            assert tools["desk-who"].annotations is None
            for name in PLATFORM:
                hints = tools[name].annotations
                assert hints is not None
                assert hints.read_only_hint is name.startswith("list-")
            answer = await client.call("desk-add", first=2, second=3)
            assert (answer.is_error, answer.structured_content) == (False, {"total": 5})
            assert text(answer) == '{"total":5}'
            assert text(await client.call("desk-who")) == '{"folder":"ada in personal"}'

    anyio.run(story)


def test_what_is_wrong_is_said_to_the_model(home: Path, era: str) -> None:
    async def story() -> None:
        async with connected(over_stdio(home), era) as client:
            for arguments in (
                {"first": 1},
                {"first": 1, "second": "x"},
                {"first": 1, "second": 2, "third": 3},
            ):
                refused = await client.call("desk-add", **arguments)
                assert refused.is_error
                assert text(refused).startswith("error[P0503]: the arguments do not fit the tool 'add'")
            failed = await client.call("desk-fail")
            assert failed.is_error
            assert "LookupError: there is none" in text(failed)
            with pytest.raises(MCPError, match="has a tool 'desk-none'"):
                await client.call("desk-none")
            assert not (await client.call("desk-add", first=1, second=1)).is_error

    anyio.run(story)


def test_an_answer_that_is_too_large_is_said_to_be_so(home: Path, era: str) -> None:
    async def story() -> None:
        async with connected(over_stdio(home), era) as client:
            refused = await client.call("desk-large", bytes=mcp_tools.LARGEST)
            assert refused.is_error
            assert text(refused).startswith("error[P0526]: what the tool 'desk-large' returned has ")
            frame = len('{"text":""}')
            whole = await client.call("desk-large", bytes=mcp_tools.LARGEST - frame)
            assert (whole.is_error, len(text(whole))) == (False, mcp_tools.LARGEST)

    anyio.run(story)


def test_it_is_told_when_its_tools_change_and_of_nothing_else(home: Path, tmp_path: Path, era: str) -> None:
    async def story() -> None:
        async with connected(over_stdio(home), era) as client:
            first = await client.names()
            with Runtime.open(home, actor="ada") as other:
                other.install(desk(tmp_path / "elsewhere", name="elsewhere"), context="acme")
                other.install(desk(tmp_path / "desk", "1.0.1"))  # the same tools in another version
                assert await client.names() == first
                other.install(desk(tmp_path / "shelf", name="shelf"))
                await client.until_told()
                assert await client.names() == [*listed(), *listed("shelf"), *PLATFORM]
                other.disable("shelf")
                await client.until_told()
                assert await client.names() == first
            assert client.told == 2

    anyio.run(story)


def test_progress_comes_to_the_client(home: Path, era: str) -> None:
    async def story() -> None:
        heard: list[tuple[float, float | None, str | None]] = []

        async def hear(done: float, total: float | None, message: str | None) -> None:
            heard.append((done, total, message))

        async with connected(over_stdio(home), era) as client:
            answer = await client.client.call_tool("desk-steps", {}, progress_callback=hear)
            assert text(answer) == "done"
            assert (await client.call("desk-steps")).is_error is False  # nobody asks how far it is
        assert heard == [(1, 3, "step 1"), (2, 3, "step 2"), (3, 3, "step 3")]

    anyio.run(story)


def test_a_call_that_is_given_up_stops_the_tool(home: Path, tmp_path: Path, era: str) -> None:
    async def story() -> None:
        async with connected(over_stdio(home), era) as client:
            async with anyio.create_task_group() as group:
                group.start_soon(lambda: client.call("desk-wait", folder=str(tmp_path)))
                await appeared(tmp_path / "began")
                assert not (await client.call("desk-add", first=1, second=1)).is_error  # meanwhile
                group.cancel_scope.cancel()
            await appeared(tmp_path / "stopped")

    anyio.run(story)


def test_what_a_package_prints_is_not_on_the_wire(home: Path, tmp_path: Path, era: str) -> None:
    async def story() -> None:
        async with connected(over_stdio(home, err=tmp_path / "err"), era) as client:
            assert text(await client.call("desk-loud")) == '{"total":0}'  # nor can it read from there
            assert not (await client.call("desk-add", first=1, second=1)).is_error

    anyio.run(story)
    said = (tmp_path / "err").read_text()
    for one in ("printed", "of the process", "written", "from a child"):
        assert one in said


def test_a_version_is_promoted_with_a_dry_run_first(home: Path, era: str) -> None:
    async def story() -> None:
        given = {"package": "desk", "version": "1.0.0", "to": "stable"}
        async with connected(over_stdio(home, "--actor", "ada"), era) as client:
            shown = await client.call("promote-package-version", **given, dry_run=True)
            assert shown.structured_content is not None
            assert shown.structured_content["applied"] is False
            assert tags() == {"dev"}
            done = await client.call("promote-package-version", **given)
            assert done.structured_content is not None
            assert done.structured_content["effects"] == shown.structured_content["effects"]
            assert tags() == {"stable"}
            active = await client.call("set-active-package-version", package="desk", version="1.0.0")
            assert not active.is_error

    def tags() -> set[str]:
        with Runtime.open(home, actor="ada") as other:
            return {one.version_tag for one in other.versions("desk")}

    anyio.run(story)


def test_what_there_is_can_be_listed_and_rolled_back(home: Path, tmp_path: Path, era: str) -> None:
    with Runtime.open(home, actor="ada") as runtime:
        runtime.promote("desk", "1.0.0", to="stable")
        runtime.install(desk(tmp_path / "next", version="1.1.0"))
        runtime.promote("desk", "1.1.0", to="stable")

    async def story() -> None:
        async with connected(over_stdio(home, "--actor", "ada"), era) as client:

            async def known() -> list[tuple[str, str, bool]]:
                answer = await client.call("list-package-versions", package="desk")
                assert answer.structured_content is not None
                (package,) = answer.structured_content["packages"]
                return [(one["version"], one["tag"], one["is_active"]) for one in package["versions"]]

            assert await known() == [("1.0.0", "stable", False), ("1.1.0", "stable", True)]
            shown = await client.call("roll-back-package", package="desk", dry_run=True)
            assert not shown.is_error
            assert await known() == [("1.0.0", "stable", False), ("1.1.0", "stable", True)]
            assert not (await client.call("roll-back-package", package="desk")).is_error
            assert await known() == [("1.0.0", "stable", True), ("1.1.0", "stable", False)]
            everything = await client.call("list-package-versions")
            assert everything.structured_content is not None
            assert [one["package"] for one in everything.structured_content["packages"]] == ["desk"]
            assert (await client.call("list-package-versions", package="disk")).is_error

    anyio.run(story)


def test_roles_hold(home: Path, tmp_path: Path, era: str) -> None:
    with Runtime.open(home, actor="ada") as runtime:
        runtime.install(desk(tmp_path / "desk"), context="acme")
        runtime.promote("desk", "1.0.0", to="stable", context="acme")
        runtime.members.set("acme", "bob", Role.READER)

    async def story() -> None:
        async with connected(over_stdio(home, "--context", "acme", "--actor", "bob"), era) as client:
            assert text(await client.call("desk-who")) == '{"folder":"bob in acme"}'
            given = {"package": "desk", "version": "1.0.0"}
            for refused in (
                await client.call("promote-package-version", **given, to="stable", dry_run=True),
                await client.call("set-active-package-version", **given),
            ):
                assert refused.is_error
                assert text(refused).startswith("error[P0406]: ")
            with Runtime.open(home, actor="ada") as other:
                other.members.set("acme", "bob", Role.NONE)

            async def until_refused() -> None:  # it hears of what other processes do within a second
                while True:
                    await client.call("desk-who")

            with pytest.raises(MCPError, match=r"error\[P0406\]"):
                await until_refused()

    anyio.run(story)


def test_a_context_that_one_may_not_see_is_not_served(home: Path, era: str) -> None:
    refused = run_peers("--home", home, "mcp", "--context", "acme", "--actor", "eve")
    assert (refused.code, refused.out) == (3, "")
    assert "error[P0406]" in refused.err
    unknown = run_peers("--home", home, "mcp", "--context", "nowhere")
    assert (unknown.code, unknown.out) == (2, "")
    assert "error[P0403]" in unknown.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_while_its_clientsays_nothing(home: Path, number: int, era: str) -> None:
    with started(home) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
        process.stdin.flush()
        assert b'"id":1' in process.stdout.readline()
        process.send_signal(number)
        assert process.wait(60) == 128 + number
        assert process.communicate() == (b"", b"")


def test_it_ends_with_its_client(home: Path, era: str) -> None:
    with started(home) as process:
        assert process.communicate(b"no protocol\n", timeout=60) == (b"", b"")
        assert process.returncode == 0
    with started(home) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        process.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
        process.stdin.flush()
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
