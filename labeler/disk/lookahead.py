"""Working out what is written next while something is written."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


@contextmanager
def other_threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that end with the block; what they have not begun by then is left."""
    pool = ThreadPoolExecutor(count, thread_name_prefix="ahead")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def one_ahead(work: Callable[[Job], Result], jobs: Iterable[Job]) -> Iterator[Iterator[Result]]:
    """Results in order; another thread works on the first at once, then always on the next one.

    What `work` raises is raised in its place.
    """
    left = iter(jobs)
    pending: deque[Future[Result]] = deque()
    with other_threads(1) as pool:

        def begin() -> None:
            pending.extend(pool.submit(work, job) for job in islice(left, 1))

        def results() -> Iterator[Result]:
            while pending:
                begin()
                yield pending.popleft().result()

        begin()
        yield results()
