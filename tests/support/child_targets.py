"""Functions that a child process runs in the tests: each misbehaves as a package might."""

import logging
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

from scanners.prices.interface import Bars, FetchError, Request
from scanners.prices.providers.assemble import assemble


def answer(request: Request) -> Bars:
    """Do what the symbol says, loudly."""
    sys.stdout.write("package says hello\n")
    sys.stderr.write("and complains\n")
    os.write(1, b"straight to the descriptor\n")
    logging.getLogger("package").critical("and logs")
    warnings.warn("and warns", stacklevel=1)
    word, _, value = request.symbol.partition("=")
    return globals()[f"_{word}"](request, value)


def _ok(request: Request, value: str) -> Bars:
    return assemble(request, "test", ["2024-01-02"], {"close": [float(value)]}, package="t", payload_hash="")


def _large(request: Request, value: str) -> Bars:
    days = [f"{year}-01-02" for year in range(1700, 2200)] * int(value)
    closes = [float(k) for k in range(len(days))]
    return assemble(request, "test", days, {"close": closes}, package="t", payload_hash="")


def _hang(request: Request, value: str) -> Bars:
    # A grandchild holds the pipes open; it must go too.
    subprocess.Popen([sys.executable, "-c", f"import time\ntime.sleep({value})"])
    time.sleep(float(value))
    return _ok(request, "0")


def _die(request: Request, value: str) -> Bars:
    os.kill(os.getpid(), int(value))
    return _ok(request, "0")


def _exit(request: Request, value: str) -> Bars:
    os._exit(int(value))


def _raise(request: Request, value: str) -> Bars:
    raise LookupError(f"https://example.org/?key={value}")


def _fail(request: Request, value: str) -> Bars:
    raise FetchError("rate_limited", "slow down", float(value) if value else None)


def _pid(request: Request, value: str) -> Bars:
    return _ok(request, str(os.getpid()))


def deadly(tasks):
    """Return the names of tasks; a task kills its process as often as its file has lines left."""
    for _, file in tasks:
        if file and (left := Path(file).read_text()):
            Path(file).write_text(left[1:])
            os.kill(os.getpid(), signal.SIGKILL)
    return [name for name, _ in tasks]


def asked_to_end(tasks):
    """Do as `deadly` does, by a signal that a program may have a handler for."""
    for _, file in tasks:
        if file and (left := Path(file).read_text()):
            Path(file).write_text(left[1:])
            os.kill(os.getpid(), signal.SIGTERM)
    return [name for name, _ in tasks]


def asleep(tasks):
    """Note this process in a file for each task, and sleep."""
    for file in tasks:
        Path(file).write_text(str(os.getpid()))
        time.sleep(60)
    return tasks
