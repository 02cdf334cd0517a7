"""Worker processes: one that dies costs a retry, a task that kills each time is named, all others go on."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from child_targets import asked_to_end, asleep, deadly

from scanners.core.errors import CommandError
from scanners.core.workers import Workers, chunks, work

ROOT = Path(__file__).resolve().parents[3]


def lost(task):
    return f"{task[0]} lost"


def done(tasks, jobs=2, size=2):
    todo = (tasks[start : start + size] for start in range(0, len(tasks), size))
    batches = work(deadly, todo, workers=Workers(jobs), jobs=jobs, lost=lost)
    return sorted(name for batch in batches for name in batch)


@pytest.mark.parametrize(
    ("lives", "named"), [(1, "f"), pytest.param(3, "f", marks=pytest.mark.ci), (1000, "f lost")]
)
def test_a_worker_that_is_killed(tmp_path, lives, named):
    poison = tmp_path / "left"
    poison.write_text("x" * lives)
    tasks = [(name, str(poison) if name == "f" else "") for name in "abcdefghij"]
    assert done(tasks) == sorted([*"abcdeghij", named])
    assert lives - len(poison.read_text()) == min(lives, 4)  # twice with others, twice alone


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_workers_end_when_their_parent_is_killed(tmp_path):
    files = [str(tmp_path / name) for name in "ab"]
    code = (
        "from child_targets import asleep\n"
        "from scanners.core.workers import Workers, work\n"
        f"list(work(asleep, iter([[{files[0]!r}], [{files[1]!r}]]), workers=Workers(2), jobs=2, lost=str))"
    )
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "support")])
    parent = subprocess.Popen([sys.executable, "-c", code], env=dict(os.environ, PYTHONPATH=path))
    assert eventually(lambda: all(Path(file).is_file() and Path(file).read_text() for file in files))
    workers = [int(Path(file).read_text()) for file in files]
    parent.kill()
    parent.wait()
    assert eventually(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def eventually(happens, seconds=60):
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_an_error_is_raised_and_the_processes_go():
    with pytest.raises(TypeError):
        list(work(int, iter([["x"]]), workers=Workers(2), jobs=2, lost=lost))
    assert done([("a", ""), ("b", "")]) == ["a", "b"]


def test_chunks_in_one_process_go_two_at_a_time_and_wait_for_no_other(monkeypatch):
    monkeypatch.setattr("scanners.core.workers.os.cpu_count", lambda: 2)
    all_others = threading.Event()

    def first_waits(chunk):
        if chunk == [0]:
            all_others.wait(60)
        elif chunk == [3]:
            all_others.set()
        return chunk

    todo = ([k] for k in range(4))
    found = list(work(first_waits, todo, workers=Workers(1), jobs=1, lost=lost))
    assert sorted(found[:2]) == [[1], [2]] and sorted(found[2:]) == [[0], [3]]


copies = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="copies are made there only")


@copies
def test_a_list_goes_to_copies_of_this_process(tmp_path, monkeypatch):
    monkeypatch.setattr("scanners.core.workers.joblib.cpu_count", lambda: 2)
    counts = [Workers(may_copy=True).copies(count) for count in (1, 2, 8, 9, 5000)]
    assert counts == [0, 2, 2, 2, 2]
    assert [Workers(jobs, may_copy=True).copies(4) for jobs in (1, 2, 3)] == [0, 2, 3]
    assert [Workers(jobs).copies(4) for jobs in (None, 2)] == [0, 0]  # a caller's threads may hold locks
    assert copied(deadly, tmp_path, 1000) == (["a", "b lost", "c"], 4)  # what ended was not this process


@copies
def test_a_copy_ends_by_a_signal_that_this_process_handles(tmp_path):
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        assert copied(asked_to_end, tmp_path, 1) == (["a", "b", "c"], 1)
    finally:
        signal.signal(signal.SIGTERM, before)


def copied(function, folder, lives):
    """Return what copies make of three tasks, and how often the second one ended a copy."""
    poison = folder / "left"
    poison.write_text("x" * lives)
    todo = [[("a", "")], [("b", str(poison))], [("c", "")]]
    found = work(function, iter(todo), workers=Workers(), jobs=1, lost=lost, copies=2)
    return sorted(name for names in found for name in names), lives - len(poison.read_text())


@copies
def test_copies_end_with_the_run_whatever_a_signal_means_to_it(tmp_path):
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as of the command
    try:
        sleeper, nowhere = tmp_path / "pid", tmp_path / "no" / "such" / "folder"
        todo = iter([[str(sleeper)], [str(nowhere)]])
        with pytest.raises(FileNotFoundError):
            list(work(asleep, todo, workers=Workers(), jobs=1, lost=str, copies=2))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not sleeper.exists() or eventually(lambda: gone(int(sleeper.read_text())), 10)


def gone(pid):
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


@copies
def test_where_there_is_no_room_for_copies_threads_do_the_work():
    code = (
        "import os, sys\n"
        "from scanners.core.workers import Workers, work\n"
        "forked, fork = [], os.fork\n"
        "def full():\n"
        "    if forked:\n"
        "        raise BlockingIOError(11, 'Resource temporarily unavailable')\n"
        "    forked.append(fork())\n"
        "    return forked[0]\n"
        "os.fork = full\n"
        "found = work(list, iter(['a', 'b']), workers=Workers(), jobs=1, lost=str, copies=2)\n"
        "sys.stdout.write(str(sorted(found)))"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "[['a'], ['b']]", "")


def test_chunks_are_short_enough_that_all_work():
    assert [len(chunk) for chunk in chunks(range(10), 10, 2)] == [1] * 10
    assert [len(chunk) for chunk in chunks(range(500), 500, 2)] == [8] * 62 + [4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"backend": "dask"}, "scheduler must be given with backend dask"),
        ({"scheduler": "tcp://a:1"}, "scheduler must be given with backend dask and only there"),
    ],
)
def test_a_scheduler_goes_with_dask(arguments, message):
    with pytest.raises(CommandError, match=message):
        Workers(**arguments)
