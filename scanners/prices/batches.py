"""What is there already, taken together: one commit for many series where they come faster than a disk."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

MOST = 64


def batches(items: Iterable[Item], most: int = MOST) -> Iterator[list[Item]]:
    """Yield lists of what has arrived, in its order; nobody waits for a list to fill.

    Parameters
    ----------
    items : iterable
        Read in a thread of its own; what it raises is raised here, after what came before.
    most : int
        Most items of a list.
    """
    arrived: queue.SimpleQueue[tuple[Item | None, BaseException | None, bool]] = queue.SimpleQueue()
    left = threading.Event()

    def read() -> None:
        try:
            for item in items:
                arrived.put((item, None, False))
                if left.is_set():
                    return
            arrived.put((None, None, True))
        except BaseException as error:  # noqa: BLE001  it is raised where the items are used
            arrived.put((None, error, True))

    threading.Thread(target=read, name="prices-read", daemon=True).start()
    try:
        ended, error = False, None
        while not ended:
            item, error, ended = arrived.get()
            taken = [] if ended else [item]
            while not ended and len(taken) < most and not arrived.empty():
                item, error, ended = arrived.get()
                if not ended:
                    taken.append(item)
            if taken:
                yield taken  # type: ignore[misc]  # only the end has none
        if error is not None:
            raise error
    finally:
        left.set()
