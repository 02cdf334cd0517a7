"""A nursery of daily runs that die: started by ``test_scan_crash.py``.

It reads one JSON command a line, forks a child that runs the daily scan of a folder, kills it as told, and
answers with what became of it. A child can be told to die at its n-th **point**: before an SQL statement, or
where Python opens a file to write, renames, removes or makes one, or connects.
"""

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from datetime import timedelta
from pathlib import Path

import msgspec
from service_world import World, at, quick

from scanners.config.settings import Mail, Route
from scanners.core.log import Log
from scanners.service.daily import serve
from scanners.store.database import Database

DAY = "2024-01-05"
MANY = tuple("abcdefgh")
LISTS = {"core": tuple("abcde"), "other": tuple("ecbfg")}
_EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree", "socket.connect"}


class Points:
    """Counts the points of a run, and ends the process at one of them."""

    def __init__(self, fatal):
        self.fatal, self.seen = fatal, 0

    def __call__(self, *_):
        self.seen += 1
        if self.seen == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self):
        real = Database.open.__func__

        def watched(cls, *arguments, **more):
            database = real(cls, *arguments, **more)
            database.connection.set_trace_callback(self)
            return database

        Database.open = classmethod(watched)
        sys.addaudithook(self._audited)

    def _audited(self, event, arguments):
        writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wxa+")
        if event in _EVENTS or writes:
            self()


def world(folder, port):
    """Return a workspace with two routes."""
    routes = (
        Route(name="desk", recipients=("anna@example.org", "ben@example.org"), level="watch"),
        Route(name="critical", recipients=("carl@example.org",), level="critical"),
    )
    mail = Mail(host="127.0.0.1", port=port, security="none", sender="scanner@example.org", deadline=5)
    return World(Path(folder), MANY, mail=mail, route=routes)


def two_lists(folder, port, name):
    """Return a workspace with one of two lists that share series, each with a route, beside one of both."""
    mail = Mail(host="127.0.0.1", port=port, security="none", sender="scanner@example.org", deadline=5)
    routes = tuple(
        Route(name=f"{one} desk", recipients=(f"{one}@example.org", "night@example.org"), watchlists=(one,))
        for one in LISTS
    )
    whole = Route(name="critical", recipients=("carl@example.org",), level="critical")
    world = World(Path(folder), LISTS[name], mail=mail, route=(*routes, whole))
    world.watchlist = msgspec.structs.replace(world.watchlist, name=name)
    return world


def child(command):
    from scanners.core import workers

    workers._LONGEST_CHUNK = 2  # several checkpoints
    workers._SIDE_BY_SIDE = 1  # the same points in the same order
    points = Points(command.get("point"))
    points.watch()
    day = command.get("day", DAY)
    now = at(day) + timedelta(minutes=command.get("minutes", 0))
    with quick():
        place = (command["folder"], command["port"])
        found = two_lists(*place, command["list"]) if "list" in command else world(*place)
        done = serve(
            found.daily(scheduled=False, as_of=day),
            now=lambda: now,
            tell=lambda line: None,
            log=Log("none", None),
        )
    return done.code, points.seen


def run(command):
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        try:
            os.write(writing, json.dumps(child(command)).encode())
        except Exception:  # noqa: BLE001 - told to the test
            os.write(writing, json.dumps([traceback.format_exc()]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    if "delay" in command:
        time.sleep(command["delay"])
        os.kill(process, signal.SIGKILL)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    _, status = os.waitpid(process, 0)
    return {"killed": os.WIFSIGNALED(status), "answer": json.loads(answer) if answer else None}


def load():
    """Do a run without alerts before any fork: what it imports is imported once, not in each child."""
    with tempfile.TemporaryDirectory() as folder, quick():
        early = World(Path(folder), MANY[:1])
        early.put(DAY, a=0.0)
        serve(
            early.daily(scheduled=False, as_of=DAY),
            now=lambda: at(DAY),
            tell=lambda line: None,
            log=Log("none", None),
        )


def main():
    load()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
