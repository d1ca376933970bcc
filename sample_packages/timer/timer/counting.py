"""A thread that counts tenths of a second, as long as this version is used."""

import threading


class Counting:
    def __init__(self):
        self.counted = 0
        self._stop = threading.Event()
        self._threads = []

    def start(self, counted=0):
        """Go on from `counted`. Starting twice is starting once: each context of the version asks for it."""
        if not self._threads:
            self.counted = counted
            self._stop.clear()
            self._threads = [threading.Thread(target=self._count, name="timer", daemon=True)]
            self._threads[0].start()

    def stop(self):
        """End the thread; how far it has counted."""
        self._stop.set()
        while self._threads:
            self._threads.pop().join()
        return self.counted

    def _count(self):
        while not self._stop.wait(0.1):
            self.counted += 1


counting = Counting()
