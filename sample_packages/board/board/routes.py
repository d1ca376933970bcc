"""Which path shows what."""

from peers_runtime import Route

from board import ids

routes = [
    Route(peers_ui_id=ids.BOARD, path="board"),
    Route(peers_ui_id=ids.COUNTER, path="board/counter"),
    Route(peers_ui_id=ids.GUESTS, path="board/guests"),
    Route(peers_ui_id=ids.TASKS, path="board/tasks"),
]
