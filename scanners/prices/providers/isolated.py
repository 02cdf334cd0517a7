"""Packages without time-outs, run in a child process under a hard wall clock."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from scanners.prices.interface import Bars, Failure, FetchError, Provider, Request, Traits, decode
from scanners.prices.providers.child import write_message
from scanners.prices.providers.pace import Pace

PLAIN = Traits()
_CHUNK = 65536


def isolated(name: str, target: str, *, interval: float, timeout: float, traits: Traits = PLAIN) -> Provider:
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

    return Provider(name, fetch, interval, traits=traits)


class _Child:
    """A child process that is started when first asked, and again after it had to be killed."""

    def __init__(self, name: str, target: str) -> None:
        self._name = name
        self._command = [sys.executable, "-m", "scanners.prices.providers.child", target, name]
        self._process: subprocess.Popen | None = None

    def ask(self, request: Request, deadline: float) -> Bars | Failure:
        process = self._running()
        try:
            write_message(process.stdin, msgspec.msgpack.encode(request))
            return decode(self._reply(process, deadline))
        except BrokenPipeError:
            raise self._died() from None

    def stop(self) -> None:
        """Kill the child with everything it started."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdout.close()
        self._process.stdin.close()
        self._process = None

    def _running(self) -> subprocess.Popen:
        if self._process is None:
            # The same modules as here, wherever they came from.
            path = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path)
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": path},
            )
        return self._process

    def _reply(self, process: subprocess.Popen, deadline: float) -> bytes:
        size = int.from_bytes(self._read(process, 4, deadline), "big")
        return self._read(process, size, deadline)

    def _read(self, process: subprocess.Popen, size: int, deadline: float) -> bytes:
        parts = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while len(parts) < size:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self.stop()
                    raise FetchError("transient", "no answer in time; the process was ended")
                part = os.read(process.stdout.fileno(), min(_CHUNK, size - len(parts)))
                if not part:
                    raise self._died()
                parts += part
        return bytes(parts)

    def _died(self) -> FetchError:
        status = self._process.wait()
        self.stop()
        return FetchError("transient", f"the process ended by itself (status {status})")
