"""A Dask cluster gives what this process gives; a poison task is named there too.

Its worker is a thread that is reached by TCP; two worker processes, as people run them, are slow to start.
"""

import sys

import pytest
from child_targets import deadly

from lppl import datasets
from scanners.config.policy import Policy
from scanners.core.errors import CommandError
from scanners.core.workers import Workers, work
from scanners.prices.series import Series
from scanners.scan.plan import plan_of
from scanners.scan.scanning import drafts, read
from scanners.service.collection import Drawing

TOP = "2000-03-10"
NAMES = ("nasdaq", "wti")


@pytest.fixture(scope="module")
def scheduler():
    yield from cluster(n_workers=1, processes=False, protocol="tcp://")


@pytest.fixture(scope="module")
def scheduler_of_two():
    yield from cluster(n_workers=2, processes=True)


def cluster(**kind):
    distributed = pytest.importorskip("distributed")
    import dask

    quiet = {"distributed.worker.memory.terminate": False, "distributed.admin.tick.limit": "1h"}
    with (
        dask.config.set(quiet),
        distributed.LocalCluster(
            **kind, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
    ):
        yield cluster.scheduler_address


def rows(workers, pages):
    series = [Series(name, name, "commodity", lambda name=name: datasets.load(name)) for name in NAMES]
    tasks = (read(item, TOP) for item in series)
    plan = plan_of("", TOP, "daily", Policy(null_paths=7), "none")
    batches = drafts(tasks, plan, workers, len(series), Drawing(pages))
    return {row.name: row for batch in batches for row in batch}


@pytest.mark.ci
def test_a_cluster_gives_the_same_rows(scheduler):
    assert rows(Workers(backend="dask", scheduler=scheduler), "none") == rows(Workers(1), "none")


@pytest.mark.slow
def test_two_workers_give_the_same_rows_and_pictures(scheduler_of_two):
    workers = Workers(backend="dask", scheduler=scheduler_of_two)
    assert rows(workers, "raised") == rows(Workers(1), "raised")


@pytest.mark.slow
def test_a_worker_of_a_cluster_that_is_killed(scheduler_of_two, tmp_path):
    poison = tmp_path / "left"
    poison.write_text("x" * 1000)
    chunks = [[("a", ""), ("b", str(poison))], [("c", ""), ("d", "")]]
    workers = Workers(backend="dask", scheduler=scheduler_of_two)
    batches = work(deadly, iter(chunks), workers=workers, jobs=2, lost=lambda task: f"{task[0]} lost")
    assert sorted(name for batch in batches for name in batch) == ["a", "b lost", "c", "d"]


def test_no_scheduler_is_one_line():
    pytest.importorskip("distributed")
    with pytest.raises(CommandError, match="no Dask scheduler answers at nonsense://here"):
        list(work(len, iter([[1]]), workers=Workers(None, "dask", "nonsense://here"), jobs=1, lost=str))


def test_the_missing_extra_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CommandError, match=r"needs the extra dask: pip install 'lppl-scanner\[dask\]'"):
        list(work(len, iter([[1]]), workers=Workers(None, "dask", "tcp://127.0.0.1:1"), jobs=1, lost=str))
