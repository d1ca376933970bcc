"""hints 1.0.0 in a runtime in memory."""


def test_a_slot_is_filled_by_its_name(peers_package):
    hints = peers_package()
    match = hints.context.routes.match(None, {"of": "board"}, "other", "board.beside")
    assert hints.render(match.peers_ui_id, match.props).content.startswith("This place of board")
