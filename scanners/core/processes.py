"""Processes: a child with everything that it starts, and whether one still runs."""

import os
import signal
import subprocess
from contextlib import suppress
from typing import Any

from scanners.core.machine import POSIX

# Arguments of `subprocess.Popen` for a child that is to be ended as a whole. Windows, which knows no
# sessions, finds the descendants by their parents.
OF_ITS_OWN: dict[str, Any] = {"start_new_session": True} if POSIX else {}
_SECONDS = 10.0


def end_family(process: subprocess.Popen) -> None:
    """Kill a child that was started with `OF_ITS_OWN`, and its descendants, at once; wait for the child."""
    if POSIX:
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(process.pid, signal.SIGKILL)
    else:
        command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)
    process.kill()  # for where the others could not be found
    process.wait()


def is_running(process: int) -> bool | None:
    """Return whether there is a process with this id; None where asking would do harm.

    On Windows signal 0 is Ctrl-C, and would end the process that is asked for.
    """
    if not POSIX:
        return None
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # somebody else's
    return True
