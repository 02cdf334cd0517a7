"""A child process with everything that it starts: set apart when it begins, ended as a whole."""

import os
import signal
import subprocess
from contextlib import suppress
from typing import Any

# Arguments of `subprocess.Popen` for a child that is to be ended as a whole. Windows, which knows no
# sessions, finds the descendants by their parents.
OF_ITS_OWN: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
_SECONDS = 10.0


def end_family(process: subprocess.Popen) -> None:
    """Kill a child that was started with `OF_ITS_OWN`, and its descendants, at once; wait for the child."""
    if os.name == "posix":
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(process.pid, signal.SIGKILL)
    else:
        command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)
    process.kill()  # for where the others could not be found
    process.wait()
