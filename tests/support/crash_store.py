"""A nursery of processes that write to a store and die: started by ``test_store_crash.py``.

It reads one JSON command a line, forks a child that writes batches, kills it as told, and answers with what
became of it. Forking from a process that has everything imported makes a hundred deaths a matter of seconds.
"""

import ctypes
import json
import os
import signal
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import filelock  # noqa: F401  it is loaded at the first lock, which is not what a kill is to hit
import numpy as np
from episode_steps import step

from scanners.store import Message, Provenance, RunKey, Store

NAMES = tuple("ABCDEF")
START = datetime(2024, 1, 1, tzinfo=timezone.utc)

# Kills the process at the n-th call that changes a file; a write is torn in the middle.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>
static long calls = 0, fatal = -1;
void arm_kill(long at) { calls = 0; fatal = at; }
long calls_seen(void) { return calls; }
static int is_fatal(void) { return ++calls == fatal; }
#define WRITE(name, offset)                                                              \
    ssize_t name(int file, const void *bytes, size_t count, offset at) {                 \
        ssize_t (*real)(int, const void *, size_t, offset) = dlsym(RTLD_NEXT, #name);    \
        if (is_fatal()) { real(file, bytes, count / 2, at); kill(getpid(), SIGKILL); }   \
        return real(file, bytes, count, at);                                             \
    }
#define ACT(name, parameters, arguments)                                                 \
    int name parameters {                                                                \
        int (*real) parameters = dlsym(RTLD_NEXT, #name);                                \
        if (is_fatal()) kill(getpid(), SIGKILL);                                         \
        return real arguments;                                                           \
    }
WRITE(pwrite, off_t)
WRITE(pwrite64, off64_t)
ACT(fsync, (int file), (file))
ACT(fdatasync, (int file), (file))
ACT(ftruncate, (int file, off_t size), (file, size))
ACT(ftruncate64, (int file, off64_t size), (file, size))
ACT(unlink, (const char *path), (path))
ssize_t write(int file, const void *bytes, size_t count) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (is_fatal()) { real(file, bytes, count / 2); kill(getpid(), SIGKILL); }
    return real(file, bytes, count);
}
"""


def close_of(name, places):
    return 100.0 + np.sin(np.asarray(places) * (1.0 + NAMES.index(name)))


def batch(store, number):
    """Write one bar of every series, and a run with a step of an episode and a message."""
    now = START + timedelta(days=number)
    with store.transaction():
        for name in NAMES:
            places = np.arange(max(0, number - 3), number + 1)
            sessions = np.datetime64("2020-01-01") + places
            close = close_of(name, places)
            store.bars.write(name, sessions, close, provenance=Provenance("csv"), known_at=now)
        store.runs.finish(
            RunKey("demo", sessions[-1].item(), "c0"),
            finished_at=now,
            manifest={"number": number},
            results={name: {"level": "calm"} for name in NAMES},
            episodes=[step("f0", 1, number + 1, "firing", "update", now, runs=number)],
            messages=[Message(f"<{number}@x>", "a@example.org", now, {"number": number})],
        )


def child(command, acknowledge):
    library = ctypes.CDLL(None) if "SHIM" in os.environ else None
    statements = 0

    def count(_statement):
        nonlocal statements
        statements += 1
        if statements == command.get("statement"):
            os.kill(os.getpid(), signal.SIGKILL)

    with Store.open(command["path"], write=True, wait=5.0) as store:
        store.database.connection.set_trace_callback(count)
        if library:
            library.arm_kill(ctypes.c_long(command.get("call", -1)))
        for number in range(command["first"], command["last"]):
            batch(store, number)
            calls = library.calls_seen() if library else 0
            os.write(acknowledge, json.dumps([number, statements, calls]).encode() + b"\n")


def run(command):
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        code = 1
        try:
            child(command, writing)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    if "delay" in command:
        time.sleep(command["delay"])
        os.kill(process, signal.SIGKILL)
    with os.fdopen(reading) as pipe:
        acknowledged = [json.loads(line) for line in pipe]
    _, status = os.waitpid(process, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return {"killed": killed, "ok": status == 0, "acknowledged": acknowledged}


def main():
    if sys.argv[1:] == ["shim"]:
        Path("shim.c").write_text(SHIM)
        return
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
