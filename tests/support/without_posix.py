"""Run ``lppl`` as on a machine that lacks what only POSIX has, one command after the other.

``python without_posix.py JSON``: a list of lists of arguments; the exit codes end standard output as a list.

Modules cannot be imported, functions and signals are gone, links are not allowed, a file that is opened
without an encoding is an error, and our own code is told that this is no POSIX.
"""

import json
import os
import signal
import sys
import time
import warnings
from importlib.abc import MetaPathFinder

MODULES = frozenset({"fcntl", "grp", "nis", "pty", "pwd", "resource", "spwd", "syslog", "termios", "tty"})
OF_OS = (
    "O_CLOEXEC",
    "O_DIRECTORY",
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "WNOHANG",
    "chown",
    "fchmod",
    "fchown",
    "fork",
    "forkpty",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getloadavg",
    "getpgid",
    "getpgrp",
    "getsid",
    "getuid",
    "kill",
    "killpg",
    "lchown",
    "mkfifo",
    "mknod",
    "nice",
    "pread",
    "pwrite",
    "sched_getaffinity",
    "setsid",
    "sysconf",
    "uname",
    "wait",
    "waitpid",
)
OF_SIGNAL = (
    "SIGALRM",
    "SIGCHLD",
    "SIGHUP",
    "SIGKILL",
    "SIGPIPE",
    "SIGQUIT",
    "SIGUSR1",
    "SIGUSR2",
    "alarm",
    "pthread_sigmask",
    "setitimer",
)
OF_TIME = ("tzset",)
KEPT = frozenset({"uname", "sysconf", "waitpid", "WNOHANG", "fork", "O_CLOEXEC", "pread", "O_NONBLOCK"})
"""What this machine's own standard library needs to run at all."""


class Forbidding(MetaPathFinder):
    """Refuse the modules that are not there on Windows."""

    def find_spec(self, name, path=None, target=None):
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def refuse(*_, **__):
    """Do what Windows does without the privilege."""
    raise OSError(1314, "A required privilege is not held by the client")


def take_away():
    """Make this process such a machine; what is loaded already stays loaded in the standard library alone."""
    for name in MODULES:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, Forbidding())
    for module, names in ((os, OF_OS), (signal, OF_SIGNAL), (time, OF_TIME)):
        for name in names:
            if name not in KEPT and hasattr(module, name):
                delattr(module, name)
    os.symlink = refuse
    os.environ["USERNAME"] = "desk"  # which is always there
    warnings.filterwarnings("error", category=EncodingWarning, module=r"(scanners|lppl|earlywarning)\b")

    from scanners.core import machine

    machine.POSIX = False


if __name__ == "__main__":
    import multiprocessing.popen_spawn_posix
    import multiprocessing.resource_tracker  # noqa: F401
    import subprocess  # noqa: F401  the standard library's own parts of this machine come first
    import tempfile  # noqa: F401

    import platformdirs.unix  # noqa: F401

    take_away()
    from scanners.cli import main

    codes = []
    for arguments in json.loads(sys.argv[1]):
        sys.argv = ["lppl", *arguments]
        try:
            main()
        except SystemExit as stop:
            codes.append(stop.code)
    sys.stdout.write(f"\n{json.dumps(codes)}\n")
