"""Tries again until it works."""

import tenacity


def use() -> object:
    calls: list[int] = []

    @tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_none())
    def flaky() -> str:
        calls.append(1)
        if len(calls) < 3:
            raise ValueError
        return "done"

    assert (flaky(), len(calls)) == ("done", 3)
    return flaky.retry
