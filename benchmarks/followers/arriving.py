"""This project: `arriving.py HOME [CATALOG BLOBS]` says when a package has gone or come in `personal`."""

import sys
import time

import lines

from peers_runtime import NoRoute, Runtime

_BETWEEN_S = 0.002  # between two looks: eight of these run at once


def main(path: str, home: str, *shared: str) -> None:
    with Runtime.open(
        home, **dict(zip(("catalog", "blobs"), shared, strict=False)), facades=False
    ) as runtime:
        context = runtime.context()

        def is_there() -> bool:
            try:
                return context.routes.match(path) is not None
            except NoRoute:
                return False

        last = is_there()
        lines.say(ready=last)
        while True:
            while (found := is_there()) == last:
                time.sleep(_BETWEEN_S)  # a host that asks without a pause would hold up what arrives
            last = found
            lines.say(answer=found, at=time.time())


main(*sys.argv[1:])
