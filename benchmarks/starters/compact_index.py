"""Like `json_index`, with rows instead of objects: as compact as this project's own index."""

import hashlib
import json


def main(index: str, path: str) -> str | None:
    with open(index, "rb") as file:
        digest, _, body = file.read().partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise SystemExit("the index is damaged")
    best = None
    for _, _, own, category, priority, ui in json.loads(body):
        if category != "screen" or not (path == own or path.startswith(own + "/")):
            continue
        if best is None or (priority, len(own)) > best[:2]:
            best = priority, len(own), ui
    return best and best[2]
