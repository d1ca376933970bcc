"""This project: opens a home and matches."""

import sys


def main(root: str, home: str, path: str) -> str | None:
    sys.path.append(root)
    from peers_runtime import Runtime

    match = Runtime.open(home).context("personal").routes.match(path)
    return match.peers_ui_id
