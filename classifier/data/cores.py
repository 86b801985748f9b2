"""Work on a core each, side by side, with results in the order of the items.

Two threads that encode a batch each are faster than two that share one: nobody waits for the other
after each layer, least of all where other programs hold one of the cores.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

Item = TypeVar("Item")
Found = TypeVar("Found")


@contextmanager
def apart(device: torch.device) -> Iterator[int]:
    """How many threads may compute side by side on a device, each on one core meanwhile."""
    count = torch.get_num_threads()
    if device.type != "cpu" or count == 1:
        yield 1
        return
    torch.set_num_threads(1)  # of those that are started from now on, too
    try:
        yield count
    finally:
        torch.set_num_threads(count)


def in_order(
    items: Iterable[Item], work: Callable[[Item], Found], threads: int
) -> Generator[tuple[Item, Found]]:
    """Each item with what `work` makes of it; a few are worked on ahead in `threads` threads.

    Whatever `work` raises is raised here. When this is closed, what was begun is finished first.
    """
    ahead: deque[tuple[Item, Future[Found]]] = deque()
    pool = ThreadPoolExecutor(threads, "computing")
    try:
        for item in items:
            ahead.append((item, pool.submit(work, item)))
            if len(ahead) > threads:
                first, future = ahead.popleft()
                yield first, future.result()
        while ahead:
            first, future = ahead.popleft()
            yield first, future.result()
    finally:
        pool.shutdown(cancel_futures=True)
