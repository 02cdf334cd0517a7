"""Groups of processes that a scan's chunks are handed to: workers, copies of this process, a Dask cluster."""

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from scanners.core import garbage
from scanners.core.errors import CommandError

TRIES = 2
_IDLE_SECONDS = 20.0
_LOOK_SECONDS = 2.0
# One process a core: threads of the linear algebra inside would only get in each other's way.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def begin_worker(parent: int) -> None:
    """Prepare a worker: it looks for garbage seldom, and ends soon after its parent, the process of that id.

    The one that started it may be killed without a word, also before this is reached.
    """
    garbage.look_seldom()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


_pools: dict[int, Any] = {}  # of loky, which has no types


class Crew:
    """What `scanners.core.workers.work` needs of a group of processes."""

    deaths: tuple[type[BaseException], ...]
    tries = TRIES
    most: int  # chunks handed out at once: one more than can run, so that nobody waits for the next

    def submit(self, function: Callable, chunk: list) -> Future:
        """Hand a chunk out."""
        raise NotImplementedError

    def isolated(self, function: Callable, chunk: list) -> list:
        """Return ``function`` of a chunk that is alone in its process."""
        raise NotImplementedError

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        raise NotImplementedError


class Processes(Crew):
    """Processes of this machine; they stay a while for the next run of this process."""

    def __init__(self, jobs: int) -> None:
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        self._jobs = jobs
        self._executor = self._found()
        self.deaths = (TerminatedWorkerError,)
        self.most = jobs + 1

    def submit(self, function: Callable, chunk: list) -> Future:
        """Hand a chunk out."""
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
                self._jobs,
                timeout=_IDLE_SECONDS,
                initializer=begin_worker,
                initargs=(os.getpid(),),
                env=_ONE_THREAD,
            )
        return pool

    def isolated(self, function: Callable, chunk: list) -> list:
        """Return ``function`` of a chunk in a process of its own."""
        from joblib.externals.loky import ProcessPoolExecutor

        begin = {"initializer": begin_worker, "initargs": (os.getpid(),)}
        with ProcessPoolExecutor(max_workers=1, env=_ONE_THREAD, **begin) as alone:
            return alone.submit(function, chunk).result()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._executor.shutdown(wait=False, kill_workers=True)


class Copies(Crew):
    """Copies of this process as it is now.

    Raises
    ------
    OSError, NotImplementedError
        If this machine has no room for them, or nothing that they could be handed work by; none is left then.
    """

    deaths = (BrokenProcessPool,)

    def __init__(self, count: int) -> None:
        self._count, self.most = count, count + 1
        self._pool = _copied(count)

    def submit(self, function: Callable, chunk: list) -> Future:
        """Hand a chunk out."""
        try:
            return self._pool.submit(function, chunk)
        except self.deaths:
            self._pool = _copied(self._count)  # in place of the one that died since
            return self._pool.submit(function, chunk)

    def isolated(self, function: Callable, chunk: list) -> list:
        """Return ``function`` of a chunk in a copy of its own."""
        with Copies(1) as alone:
            return alone.submit(function, chunk).result()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            _kill(self._pool)  # nobody waits for what they are at
        self._pool.shutdown(wait=kind is None, cancel_futures=True)


def _copied(count: int) -> ProcessPoolExecutor:
    """Return a pool whose copies are made: the first task does that.

    Python warns of other threads: those of linear algebra and of a progress bar, whose locks no copy takes.
    """
    pool = ProcessPoolExecutor(count, get_context("fork"), initializer=_begin_copy, initargs=(os.getpid(),))
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
            pool.submit(int)
    except OSError:
        _kill(pool)  # those that were made would wait for work, and the end of this process for them
        raise
    return pool


def _kill(pool: ProcessPoolExecutor) -> None:
    for process in list((pool._processes or {}).values()):
        process.kill()


def _begin_copy(parent: int) -> None:
    """Prepare a copy: it ends when it is told to, whatever its original does then."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    begin_worker(parent)
    garbage.leave_what_is_loaded()


class Cluster(Crew):
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
        """Hand a chunk out."""
        return self._executor.submit(function, chunk)

    def isolated(self, function: Callable, chunk: list) -> list:
        """Return ``function`` of a chunk; the cluster isolates nothing."""
        return self.submit(function, chunk).result()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._executor.shutdown(wait=False)
        self._client.close()
