"""This project: `watched.py HOME [alone]` watches the project's folder for the context `personal`.

It is asked for its answer until that is another one, or with `alone` only when the reload is done: who asks
takes time from who reloads.
"""

import queue
import sys
import time

import lines

from peers_runtime import Runtime


def main(home: str, how: str = "asked") -> None:
    reloads = queue.SimpleQueue()
    with Runtime.open(home) as runtime, runtime.watch(".", on_reload=reloads.put):
        context = runtime.context("personal")
        lines.say(ready=context.module("shop.main").answer())
        while lines.told():
            while not reloads.empty():
                reloads.get()
            if how == "asked":
                found, at = lines.next_answer(lambda: context.module("shop.main").answer())
                reload = reloads.get(timeout=20)
            else:
                lines.say(watching=context.module("shop.main").answer())
                reload = reloads.get(timeout=20)
                found, at = context.module("shop.main").answer(), time.monotonic() - reload.took.keep_s
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
