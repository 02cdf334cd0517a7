"""Worker processes, here or on a Dask cluster: a death costs a retry, not the scan."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, TypeVar

import joblib

from scanners.core.crews import TRIES, Cluster, Copies, Crew, Processes
from scanners.core.errors import CommandError

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")

_SERIES_PER_WORKER = 8  # a worker process costs about as much to start as this many series to scan
_LONGEST_CHUNK = 8  # tasks lost when a worker dies, and rows kept from the disk
_CHUNKS_A_WORKER = 4
_SIDE_BY_SIDE = 2  # chunks at a time in one process
_MOST_COPIES = 4
_CAN_COPY = sys.platform == "linux"  # elsewhere system libraries do not survive a fork, or there is none

Backend = Literal["loky", "dask"]


@dataclass(frozen=True)
class Workers:
    """Where the work is done.

    Parameters
    ----------
    jobs : int, optional
        Processes; by default as many as pay, at most one a core. With one the work is done in threads of this
        process.
    backend : {"loky", "dask"}
        Local processes, or a Dask cluster.
    scheduler : str
        Address of the cluster's scheduler, e.g. ``tcp://10.0.0.1:8786``.
    may_copy : bool
        Whether copies of this process may do the work: only where it is a command's own. Threads of another
        program may hold locks that a copy would wait for without end.
    """

    jobs: int | None = None
    backend: Backend = "loky"
    scheduler: str = ""
    may_copy: bool = False

    def __post_init__(self) -> None:
        if (self.backend == "dask") != bool(self.scheduler):
            raise CommandError(
                f"scheduler must be given with backend dask and only there, got {self.scheduler!r} with "
                f"{self.backend}",
                2,
            )

    def paying(self, count: int) -> int:
        """Return the number of processes for ``count`` series."""
        if self.backend == "dask":
            return self.jobs or joblib.cpu_count()
        return self.jobs or max(1, min(joblib.cpu_count(), -(-count // _SERIES_PER_WORKER)))

    def copies(self, count: int) -> int:
        """Return how many copies of this process do ``count`` series, 0 where others do.

        A copy has everything loaded, starts in milliseconds and shares what it does not change; copies that
        draw do not wait for each other, as threads do. They serve a list too short to pay for processes that
        start from nothing, too, unless their number is asked for.
        """
        if not (_CAN_COPY and self.may_copy) or self.backend != "loky" or self.jobs == 1:
            return 0
        if self.paying(count) > 1:
            return self.paying(count)
        copies = min(joblib.cpu_count(), count, _MOST_COPIES)
        return copies if copies > 1 else 0


def chunks(tasks: Iterable[TaskT], count: int, jobs: int) -> Iterator[list[TaskT]]:
    """Yield tasks in lists: long enough to be worth the way, short enough that all workers end together."""
    size = max(1, min(_LONGEST_CHUNK, count // (_CHUNKS_A_WORKER * jobs)))
    tasks = iter(tasks)
    while chunk := list(islice(tasks, size)):
        yield chunk


def work(
    function: Callable[[list[TaskT]], list[ResultT]],
    todo: Iterable[list[TaskT]],
    *,
    workers: Workers,
    jobs: int,
    lost: Callable[[TaskT], ResultT],
    copies: int = 0,
) -> Iterator[list[ResultT]]:
    """Yield ``function`` of each chunk as it is done, in no particular order.

    When a worker process dies, the chunks in work at that moment are tried once more in fresh processes;
    when it dies again, their tasks are tried one by one, each alone in a process.

    Parameters
    ----------
    function : callable
        Of a chunk; it and what it takes and returns must travel between processes.
    todo : iterable of list
        Chunks, taken as workers become free.
    workers : Workers
    jobs : int
        Number of processes.
    lost : callable
        Gives the result of a task whose process died twice while it was alone there.
    copies : int
        Of this process, to do the work instead; see `Workers.copies`.
    """
    crew = _crew(workers, jobs, copies)
    if crew is None:
        yield from _side_by_side(function, iter(todo))
        return
    with crew:
        yield from _go_round(function, iter(todo), crew, lost)


def _crew(workers: Workers, jobs: int, copies: int) -> Crew | None:
    """Return the processes that do the work; None where threads of this one do."""
    if workers.backend == "dask":
        return Cluster(workers.scheduler)
    if copies:
        with suppress(OSError, NotImplementedError):  # no room for copies
            return Copies(copies)
    return Processes(jobs) if jobs > 1 else None


def _side_by_side(function: Callable, todo: Iterator[list]) -> Iterator[list]:
    """Yield ``function`` of each chunk as it ends, two at a time: while one draws, kernels of the other run.

    Chunks are taken in the thread of the caller.
    """
    threads = min(_SIDE_BY_SIDE, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as pool:
        running = {pool.submit(function, chunk) for chunk in islice(todo, threads)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            results = [future.result() for future in done]
            running |= {pool.submit(function, chunk) for chunk in islice(todo, len(done))}
            yield from results


def _go_round(function: Callable, todo: Iterator[list], crew: "Crew", lost: Callable) -> Iterator[list]:
    again: deque[list] = deque()
    running: dict[Future, tuple[list, int]] = {}
    while True:
        while len(running) < crew.most:
            chunk, tries = (again.popleft(), TRIES) if again else (next(todo, None), 1)
            if chunk is None:
                break
            running[crew.submit(function, chunk)] = chunk, tries
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        suspects: list[Any] = []
        for future in done:
            chunk, tries = running.pop(future)
            try:
                result = future.result()
            except crew.deaths:
                (suspects if tries >= crew.tries else again).append(chunk)
            else:
                yield result
        for chunk in suspects:
            yield [_alone(function, task, crew, lost) for task in chunk]


def _alone(function: Callable, task: Any, crew: "Crew", lost: Callable) -> Any:
    for _ in range(crew.tries):
        try:
            (result,) = crew.isolated(function, [task])
        except crew.deaths:
            continue
        return result
    return lost(task)
