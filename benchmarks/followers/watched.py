"""This project: `watched.py HOME` watches the project's folder for the context `personal`."""

import queue
import sys

import lines

from peers_runtime import Runtime


def main(home: str) -> None:
    reloads = queue.SimpleQueue()
    with Runtime.open(home) as runtime, runtime.watch(".", on_reload=reloads.put):
        context = runtime.context("personal")
        lines.say(ready=context.module("shop.main").answer())
        while lines.told():
            while not reloads.empty():
                reloads.get()
            found, at = lines.next_answer(lambda: context.module("shop.main").answer())
            reload = reloads.get(timeout=20)
            if reload.fault is not None:
                raise SystemExit(f"{reload.fault.code}: {reload.fault.message}")
            took = reload.took
            lines.say(
                answer=found,
                at=at,
                noticed=at - took.total_s,
                settle=took.settle_s,
                capture=took.capture_s,
                compile=took.compile_s,
                execute=took.execute_s,
                check=took.check_s,
                switch=took.switch_s,
                keep=took.keep_s,
            )


main(*sys.argv[1:])
