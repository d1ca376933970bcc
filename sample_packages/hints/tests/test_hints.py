"""hints 1.0.0 in a runtime in memory."""

from pathlib import Path

from peers_runtime import Runtime

PROJECT = Path(__file__).parents[1]


def test_a_slot_is_filled_by_its_name():
    with Runtime.in_memory() as runtime:
        runtime.install(PROJECT)
        match = runtime.context().routes.match(None, {"of": "board"}, "other", "board.beside")
        assert (
            runtime.context().render(match.peers_ui_id, match.props).content.startswith("This place of board")
        )
