"""board 1.0.0 in a runtime in memory, alone and with a package that fills its slot."""

import pytest


@pytest.fixture
def board(peers_package):
    return peers_package()


def test_the_slot_is_empty_until_somebody_fills_it(board, peers_package):
    assert "Nobody hangs anything here." in board.html("board")
    peers_package("../hints")
    assert "This place of board is filled by another package." in board.html("board")


def test_the_module_is_named_and_no_code_of_the_package_runs(board):
    assert board.render("board/counter").content == "assets/counter.js"


def test_the_application_is_the_content(board):
    assert callable(board.render("board/guests").content)


def test_a_page_names_a_contract_and_no_package(board):
    assert board.render("board/tasks").content == "assets/tasks.js"
