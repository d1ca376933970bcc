"""The beginning and the end of a version: the thread starts and ends with it, the count goes on."""

import pluggy

from timer.counting import counting

hookimpl = pluggy.HookimplMarker("peers")


@hookimpl
def peers_activated(data):
    counting.start(data.get("counted", 0))


@hookimpl
def peers_dispose(data):
    data["counted"] = counting.stop()
