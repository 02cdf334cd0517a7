"""Packages without time-outs, run in a child process under a hard wall clock."""

import io
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from scanners.core.processes import OF_ITS_OWN, end_family
from scanners.prices.clocks import not_stated
from scanners.prices.interface import Bars, Failure, FetchError, Provider, Request, Traits, decode
from scanners.prices.providers.child import read_message, write_message
from scanners.prices.providers.pace import Pace

PLAIN = Traits()
_GRACE = 5.0  # seconds for a child that closed its output to end


def isolated(
    name: str,
    target: str,
    *,
    interval: float,
    timeout: float,
    traits: Traits = PLAIN,
    clock: Callable[[str], str] = not_stated,
) -> Provider:
    """Return a provider whose requests are served by a child process.

    Parameters
    ----------
    name : str
        Of the provider.
    target : str
        ``"module:function"``; the function takes a `Request` and returns `Bars` or raises `FetchError`.
    interval : float
        Least seconds between two requests.
    timeout : float
        Most seconds for one request, the start of the child included; then the child is killed, the request
        is a ``transient`` failure, and the next one gets a new child.
    traits : Traits
        Of the provider.
    clock : callable
        What its daily bars are, as in `Provider`.
    """
    pace = Pace(interval)

    def fetch(requests: Sequence[Request], deadline: float) -> Iterator[Bars | Failure]:
        child = _Child(name, target)
        try:
            for request in requests:
                try:
                    pace.wait(deadline)
                    outcome = child.ask(request, min(deadline, time.monotonic() + timeout))
                except FetchError as error:
                    outcome = error.failure(request, name)
                if isinstance(outcome, Failure) and outcome.kind == "rate_limited":
                    pace.rest(outcome.retry_after)
                yield outcome
        finally:
            child.stop()

    return Provider(name, fetch, interval, traits=traits, clock=clock)


class _Child:
    """A child process that is started when first asked, and again after it had to be killed."""

    def __init__(self, name: str, target: str) -> None:
        self._command = [sys.executable, "-m", "scanners.prices.providers.child", target, name]
        self._process: subprocess.Popen[bytes] | None = None
        self._replies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def ask(self, request: Request, deadline: float) -> Bars | Failure:
        process = self._running()
        try:
            write_message(process.stdin, msgspec.msgpack.encode(request))  # type: ignore[arg-type]  # it is a pipe
        except OSError:  # a broken pipe, which Windows calls an invalid argument
            raise self._died(process) from None
        try:
            reply = self._replies.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            self.stop()
            raise FetchError("transient", "no answer in time; the process was ended") from None
        if reply is None:
            raise self._died(process)
        return decode(reply)

    def stop(self) -> None:
        """Kill the child with everything it started."""
        if self._process is None:
            return
        end_family(self._process)
        self._process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
        self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            # The same modules as here, wherever they came from.
            path = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path)
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env={**os.environ, "PYTHONPATH": path},
                **OF_ITS_OWN,
            )
            self._replies = queue.SimpleQueue()
            threading.Thread(target=_read, args=(self._process.stdout, self._replies), daemon=True).start()
        return self._process

    def _died(self, process: subprocess.Popen[bytes]) -> FetchError:
        try:
            status: int | None = process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            status = None  # it closed its output and lives on
        self.stop()
        return FetchError("transient", f"the process ended by itself (status {status})")


def _read(stream: io.FileIO, replies: "queue.SimpleQueue[bytes | None]") -> None:
    """Hand on what a child says until its end; in a thread, since pipes of Windows cannot be waited for."""
    with stream, suppress(OSError):
        whole = io.BufferedReader(stream)
        while (message := read_message(whole)) is not None:
            replies.put(message)
    replies.put(None)
