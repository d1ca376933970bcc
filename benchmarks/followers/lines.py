"""What the programs say and are told."""

import json
import sys
import time
from collections.abc import Callable

_BETWEEN_S = 0.002  # between two looks at the answer; every 0.5 ms cost who reloads a fifth of its time


def say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def told() -> bool:
    """Waits for the next line; False when there is none any more."""
    return bool(sys.stdin.readline())


def next_answer(answer: Callable[[], str]) -> tuple[str, float]:
    """Says that it watches; then the first answer that is another one, and when it was seen."""
    last = answer()
    say(watching=last)
    while (found := answer()) == last:
        time.sleep(_BETWEEN_S)  # a host that asks without a pause would hold up who reloads
    return found, time.monotonic()
