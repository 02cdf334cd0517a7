"""A second process compiles where there is something to compile and to keep, and nowhere else."""

from types import SimpleNamespace

import pytest

from scanners.core.errors import CommandError
from scanners.scan import first_run, kernels


@pytest.mark.parametrize(
    ("misses", "place", "cores", "started"),
    [
        ({"sig": 1}, "/cache", 2, 1),
        ({}, "/cache", 2, 0),
        ({"sig": 1}, None, 2, 0),
        ({"sig": 1}, "/cache", 1, 0),
    ],
)
def test_a_second_process_starts_only_where_it_helps(monkeypatch, misses, place, cores, started):
    commands = []
    stats = SimpleNamespace(cache_misses=misses, cache_path=place)
    monkeypatch.setattr("lppl._kernels.elementary.log", SimpleNamespace(stats=stats))
    monkeypatch.setattr(first_run.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(first_run.subprocess, "Popen", lambda command, **_: commands.append(command))
    monkeypatch.setattr(first_run.atexit, "register", lambda *_: None)
    first_run.compile_beside.__wrapped__()
    assert len(commands) == started


@pytest.mark.parametrize(
    ("misses", "place", "kept", "compiled"),
    [({"sig": 1}, "/cache", True, 1), ({}, "/cache", True, 0), ({"sig": 1}, None, False, 0)],
)
def test_copies_find_kernels_on_disk_or_are_not_made(monkeypatch, misses, place, kept, compiled):
    asked = []
    stats = SimpleNamespace(cache_misses=misses, cache_path=place)
    monkeypatch.setattr("lppl._kernels.elementary.log", SimpleNamespace(stats=stats))
    monkeypatch.setattr(first_run, "compile_for_workers", lambda parts, told: asked.append(parts))
    assert first_run.kernels_on_disk() is kept
    assert asked == [("fits", "tests")] * compiled


def test_workers_start_where_nothing_can_be_compiled_before_them(monkeypatch, tmp_path):
    def fails(*_):
        raise CommandError("the kernels of tests could not be compiled: no room")

    monkeypatch.setattr(first_run, "compile_missing", fails)
    monkeypatch.setattr(first_run.kernel_stamps, "place", lambda: tmp_path)
    first_run.compile_for_workers(("tests",), lambda done, total: None)
    monkeypatch.setattr(first_run, "compile_missing", lambda *_: pytest.fail("there is no place"))
    monkeypatch.setattr(first_run.kernel_stamps, "place", lambda: None)
    first_run.compile_for_workers(("tests",), lambda done, total: None)


def test_what_it_runs_is_all_that_the_early_warnings_compile():
    kernels.compile_tests()
    from earlywarning._kernels.drift_polynomials import fit_drifts
    from earlywarning._kernels.kendall import kendall_tau

    assert fit_drifts.signatures and kendall_tau.signatures


def test_systems_compile_before_their_workers_and_only_for_these(lppl, monkeypatch):
    asked = []

    def stops(*_, **__):
        raise CommandError("stop")

    monkeypatch.setattr(first_run, "compile_for_workers", lambda parts, told: asked.append(parts))
    monkeypatch.setattr("scanners.systems.command.readings", stops)
    assert lppl("systems", "dollar", "--jobs", 1)[0] == 1 and asked == []
    assert lppl("systems", "dollar", "--jobs", 2)[0] == 1
    assert asked == [("fits", "tests", "systems")]
