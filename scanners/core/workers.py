"""Worker processes, here or on a Dask cluster: a death costs a retry, not the scan."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, TypeVar

import joblib

from scanners.core import garbage
from scanners.core.errors import CommandError

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")

_SERIES_PER_WORKER = 8  # a worker process costs about as much to start as this many series to scan
_LONGEST_CHUNK = 8  # tasks lost when a worker dies, and rows kept from the disk
_CHUNKS_A_WORKER = 4
_TRIES = 2
_SIDE_BY_SIDE = 2  # chunks at a time in one process
_IDLE_SECONDS = 20.0
_LOOK_SECONDS = 2.0
# One process a core: threads of the linear algebra inside would only get in each other's way.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

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
    """

    jobs: int | None = None
    backend: Backend = "loky"
    scheduler: str = ""

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
    """
    if workers.backend == "loky" and jobs == 1:
        yield from _side_by_side(function, iter(todo))
        return
    crew = _Cluster(workers.scheduler) if workers.backend == "dask" else _Processes(jobs)
    with crew:
        yield from _go_round(function, iter(todo), crew, lost)


def _side_by_side(function: Callable, todo: Iterator[list]) -> Iterator[list]:
    """Yield ``function`` of each chunk in order, two at a time: while one draws, kernels of the other run.

    Chunks are taken in the thread of the caller.
    """
    threads = min(_SIDE_BY_SIDE, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as pool:
        running = deque(pool.submit(function, chunk) for chunk in islice(todo, threads))
        while running:
            result = running.popleft().result()
            running.extend(pool.submit(function, chunk) for chunk in islice(todo, 1))
            yield result


def _go_round(function: Callable, todo: Iterator[list], crew: "_Crew", lost: Callable) -> Iterator[list]:
    again: deque[list] = deque()
    running: dict[Future, tuple[list, int]] = {}
    while True:
        while len(running) < crew.most:
            chunk, tries = (again.popleft(), _TRIES) if again else (next(todo, None), 1)
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


def _alone(function: Callable, task: Any, crew: "_Crew", lost: Callable) -> Any:
    for _ in range(crew.tries):
        try:
            (result,) = crew.isolated(function, [task])
        except crew.deaths:
            continue
        return result
    return lost(task)


def begin_worker() -> None:
    """Prepare a worker: it looks for garbage seldom, and ends soon after its parent.

    The one that started it may be killed without a word.
    """
    garbage.look_seldom()
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


_pools: dict[int, Any] = {}  # of loky, which has no types


class _Crew:
    """What `work` needs of a group of processes."""

    deaths: tuple[type[BaseException], ...]
    tries = _TRIES
    most: int  # chunks handed out at once: one more than can run, so that nobody waits for the next

    def submit(self, function: Callable, chunk: list) -> Future:
        raise NotImplementedError

    def isolated(self, function: Callable, chunk: list) -> list:
        raise NotImplementedError

    def __enter__(self) -> "_Crew":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        raise NotImplementedError


class _Processes(_Crew):
    """Processes of this machine; they stay a while for the next run of this process."""

    def __init__(self, jobs: int) -> None:
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        self._jobs = jobs
        self._executor = self._found()
        self.deaths = (TerminatedWorkerError,)
        self.most = jobs + 1

    def submit(self, function: Callable, chunk: list) -> Future:
        try:
            return self._executor.submit(function, chunk)
        except self.deaths:
            self._executor = self._found()  # in place of the one that died since
            return self._executor.submit(function, chunk)

    def _found(self) -> Any:
        """Return the pool of the last run when it is sound and of this size, else a new one.

        It is none of loky's reusable pools: joblib takes every one of those for its own.
        """
        from joblib.externals.loky import ProcessPoolExecutor

        pool = _pools.get(self._jobs)
        if pool is None or pool._flags.broken or pool._flags.shutdown:
            _pools[self._jobs] = pool = ProcessPoolExecutor(
                self._jobs, timeout=_IDLE_SECONDS, initializer=begin_worker, env=_ONE_THREAD
            )
        return pool

    def isolated(self, function: Callable, chunk: list) -> list:
        from joblib.externals.loky import ProcessPoolExecutor

        with ProcessPoolExecutor(max_workers=1, initializer=begin_worker, env=_ONE_THREAD) as alone:
            return alone.submit(function, chunk).result()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._executor.shutdown(wait=False, kill_workers=True)


class _Cluster(_Crew):
    """A Dask cluster, which tries a task whose worker died on other workers by itself."""

    tries = 1

    def __init__(self, scheduler: str) -> None:
        try:
            from distributed import Client, KilledWorker
        except ImportError as error:
            raise CommandError(
                f"--backend dask needs the extra dask: pip install 'lppl-scanner[dask]' ({error})"
            ) from error
        try:
            self._client = Client(scheduler, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CommandError(f"no Dask scheduler answers at {scheduler}: {error}") from error
        threads = sum(self._client.nthreads().values())
        if not threads:
            self._client.close()
            raise CommandError(f"the Dask scheduler at {scheduler} has no workers")
        self._executor = self._client.get_executor(pure=False)
        self.deaths = (KilledWorker,)
        self.most = 2 * threads  # the way over the network is longer

    def submit(self, function: Callable, chunk: list) -> Future:
        return self._executor.submit(function, chunk)

    def isolated(self, function: Callable, chunk: list) -> list:
        return self.submit(function, chunk).result()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._executor.shutdown(wait=False)
        self._client.close()
