"""Acts that begin at the same moment, and what became of each."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment; what each gave back, or raised."""
    barrier, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int) -> None:
        barrier.wait()
        try:
            found[number] = acts[number]()
        except Exception as error:
            found[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def kinds(results: list[Any]) -> Counter[str]:
    return Counter(type(r).__name__ if isinstance(r, Exception) else "done" for r in results)
