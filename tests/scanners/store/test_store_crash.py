"""A store whose writer is killed, or whose disk is full: never half a transaction, and a rerun completes."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import crash_store
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from scanners.core.errors import CommandError
from scanners.store import Provenance, Store
from scanners.store.check import find_damage

ROOT = Path(__file__).resolve().parents[3]
BASE = 13  # the next batch folds the segments of one series


class Nursery:
    def __init__(self, shim=None):
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "tests")]))
        if shim:
            environment |= {"LD_PRELOAD": str(shim), "SHIM": "1"}
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/support/crash_store.py")],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, path, first, last, **fate):
        self.process.stdin.write(json.dumps({"path": str(path), "first": first, "last": last, **fate}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


@contextmanager
def nursery(shim=None):
    opened = Nursery(shim)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    path = tmp_path_factory.mktemp("crash") / "base.db"
    with Store.open(path, write=True) as store:
        for number in range(BASE):
            crash_store.batch(store, number)
    return path


@pytest.fixture
def path(base, tmp_path):
    return Path(shutil.copy(base, tmp_path / "lppl.db"))


def batches(path):
    """Return the number of batches in a store after proving that each is there as a whole."""
    with Store.open(path) as store:
        assert find_damage(store.database) == []
        histories = {name: store.bars.read(name, None) for name in store.bars.names()}
        count = store.runs.latest("demo").manifest["number"] + 1
        assert len(store.runs.steps("f0")) == len(store.outbox.messages("queued")) == count
        assert len(store.runs.results(store.runs.latest("demo"))) == len(crash_store.NAMES)
    assert list(histories) == list(crash_store.NAMES)
    for name, history in histories.items():
        assert_array_equal(history.close, crash_store.close_of(name, np.arange(count)))
    return count


def compiled_shim(folder):
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a C compiler")
    source, library = folder / "shim.c", folder / "shim.so"
    source.write_text(crash_store.SHIM)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return library


def test_killed_before_any_statement_a_batch_is_there_or_not(base, tmp_path):
    with nursery() as processes:
        trial = processes.run(shutil.copy(base, tmp_path / "trial.db"), BASE, BASE + 1)
        statements = trial["acknowledged"][0][1]
        assert statements > 40
        for statement in range(1, statements + 1):
            path = Path(shutil.copy(base, tmp_path / "lppl.db"))
            assert processes.run(path, BASE, BASE + 1, statement=statement)["killed"]
            assert batches(path) == BASE
        assert processes.run(path, BASE, BASE + 1)["ok"]
    assert batches(path) == BASE + 1


@pytest.mark.parametrize(
    "step", [pytest.param(4, marks=pytest.mark.ci), pytest.param(1, marks=pytest.mark.slow)]
)
def test_killed_at_any_write_to_the_disk_a_batch_is_there_or_not(base, tmp_path, step):
    with nursery(compiled_shim(tmp_path)) as processes:
        trial = processes.run(shutil.copy(base, tmp_path / "trial.db"), BASE, BASE + 1)
        calls = trial["acknowledged"][0][2]
        assert calls > 20
        counts = []
        # The last calls, where the journal is emptied, decide; all of them are tried.
        for call in sorted({*range(1, calls + 1, step), *range(calls - 8, calls + 1)}):
            path = Path(shutil.copy(base, tmp_path / "lppl.db"))
            assert processes.run(path, BASE, BASE + 1, call=call)["killed"]
            counts.append(batches(path))
            assert processes.run(path, counts[-1], BASE + 2)["ok"]
            assert batches(path) == BASE + 2
    # A batch counts as committed from the moment its journal is emptied.
    assert counts == sorted(counts)
    assert set(counts) == {BASE, BASE + 1}


@pytest.mark.parametrize(
    "kills", [pytest.param(20, marks=pytest.mark.ci), pytest.param(300, marks=pytest.mark.slow)]
)
def test_killed_at_random_moments_nothing_acknowledged_is_lost(path, kills):
    rng = np.random.default_rng(kills)
    done, deaths = BASE + 2, 0
    with nursery() as processes:
        begun = time.monotonic()
        assert processes.run(path, BASE, done)["ok"]
        longest = max(0.15, time.monotonic() - begun)  # a busy machine needs longer for a batch
        for _ in range(kills):
            outcome = processes.run(path, done, done + 400, delay=rng.uniform(0.07, 1.0) * longest)
            deaths += outcome["killed"]
            acknowledged = max((number + 1 for number, _, _ in outcome["acknowledged"]), default=done)
            found = batches(path)
            assert acknowledged <= found <= acknowledged + 1
            done = found
        assert deaths == kills
        assert done > BASE + 2
        assert processes.run(path, done, done + 2)["ok"]
    assert batches(path) == done + 2


@contextmanager
def largest_file(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [-200_000, 0, 4096, 60_000, 100_000])
def test_a_full_disk_is_told_and_what_was_stored_stays(path, room):
    limit = max(1024, path.stat().st_size + room)
    sessions = np.datetime64("2000-01-01") + np.arange(7000)
    with Store.open(path, write=True) as store:
        with (
            pytest.raises(CommandError, match="no space, a size limit or a failing disk") as refusal,
            largest_file(limit),
        ):
            store.bars.write("NEW", sessions, np.linspace(1, 2, 7000), provenance=Provenance("csv"))
        assert refusal.value.exit_code == 1
        assert len(store.bars.read("A", None).close) == BASE
        assert store.bars.names() == list(crash_store.NAMES)
    assert batches(path) == BASE
    with Store.open(path, write=True) as store:
        store.bars.write("NEW", sessions, np.linspace(1, 2, 7000), provenance=Provenance("csv"))
        assert len(store.bars.read("NEW", None).close) == 7000
        assert find_damage(store.database) == []
