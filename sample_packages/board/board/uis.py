"""HTML from a function, ES modules that mount themselves, and an ASGI application."""

from peers_runtime import UI

from board import ids

uis = [
    UI(peers_ui_id=ids.BOARD, name="Board", content="board.screen:render", assets=["assets/frame.svg"]),
    UI(
        peers_ui_id=ids.COUNTER,
        name="Counter",
        target="web-module",
        content="assets/counter.js",
        assets=["assets/counter.js", "assets/steps.js"],
    ),
    UI(
        peers_ui_id=ids.TASKS,
        name="Tasks",
        target="web-module",
        content="assets/tasks.js",
        assets=["assets/tasks.js"],
    ),
    UI(peers_ui_id=ids.GUESTS, name="Guests", target="asgi", content="board.guests:application"),
]
