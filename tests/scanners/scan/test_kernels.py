"""Kernels are compiled ahead once: by whoever comes first, where there is a place to keep them."""

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import pytest

from scanners.core import kernel_stamps
from scanners.core.errors import CommandError
from scanners.scan import kernels


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Names of the parts whose compilers were started; each ends at once and leaves its stamp."""
    names, lock = [], Lock()

    def compiler(part):
        with lock:
            names.append(part)
        kernel_stamps.put(part, tmp_path)

    monkeypatch.setattr(kernel_stamps, "place", lambda: tmp_path)
    monkeypatch.setattr(kernels, "_in_own_process", compiler)
    return names


def test_each_part_is_compiled_once_and_progress_is_told(started):
    said = []
    assert kernels.compile_missing(told=lambda done, total: said.append((done, total))) == 4
    assert sorted(started) == sorted(kernels.OF_COMMANDS) and said == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert kernels.compile_missing() == 0 and len(started) == 4


def test_who_comes_second_finds_the_work_done(started):
    with ThreadPoolExecutor(3) as threads:
        counts = list(threads.map(lambda _: kernels.compile_missing(), range(3)))
    assert sorted(counts) == [0, 0, 4] and len(started) == 4


def test_what_other_code_compiled_is_compiled_again(started, tmp_path, monkeypatch):
    kernels.compile_missing(("tests", "fits"))
    copy = tmp_path / "copied" / "_kernels"
    copy.mkdir(parents=True)
    (copy / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(kernel_stamps, "PACKAGES", ("copied",))
    (copy.parent / "__init__.py").write_text("")
    kernel_stamps._installed.cache_clear()
    assert kernels.compile_missing(("tests",)) == 1
    (copy / "__init__.py").write_text("# another size")
    kernel_stamps._installed.cache_clear()
    assert kernels.compile_missing(("tests",)) == 1
    kernel_stamps._installed.cache_clear()


def test_a_compiler_that_fails_is_told_of(monkeypatch, tmp_path):
    monkeypatch.setattr(kernel_stamps, "place", lambda: tmp_path)
    monkeypatch.setattr(
        kernels, "command_of", lambda part: [sys.executable, "-c", "raise SystemExit('no room')"]
    )
    with pytest.raises(CommandError, match="the kernels of tests could not be compiled: no room"):
        kernels.compile_missing(("tests",))
    assert kernel_stamps.missing(("tests",), tmp_path) == ["tests"]


def test_kernels_that_could_not_be_kept_leave_no_stamp(monkeypatch, tmp_path):
    """Of either library, as where the disk has filled up meanwhile."""
    monkeypatch.setattr(kernel_stamps, "place", lambda: tmp_path)
    monkeypatch.setitem(kernels.PARTS, "fits", lambda: None)
    full = OSError(errno.ENOSPC, "No space left on device")
    for library in ("lppl", "earlywarning"):
        with monkeypatch.context() as patch:
            patch.setattr(f"{library}._kernels.disk_cache.unkept", [full])
            with pytest.raises(SystemExit, match=r"they cannot be kept: .*No space left on device"):
                kernels.compile_part("fits")
        assert list(tmp_path.iterdir()) == []
    kernels.compile_part("fits")
    assert kernel_stamps.missing(("fits",), tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_disk_without_room_is_no_place_for_kernels(lppl, monkeypatch):
    assert kernel_stamps.place() is not None
    monkeypatch.setattr(
        "tempfile.TemporaryFile", lambda **_: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb")
    )
    assert kernel_stamps.place() is None
    code, out, err = lppl("compile")
    assert (code, out) == (1, "") and "set NUMBA_CACHE_DIR to a folder that can" in err


def test_without_a_place_for_kernels_the_command_says_what_to_set(lppl, monkeypatch):
    def refuses(function):
        raise RuntimeError("cannot cache function 'kernel': no locator available for file")

    monkeypatch.setattr("lppl._kernels.disk_cache.DiskCache", refuses)
    code, out, err = lppl("compile")
    assert (code, out) == (1, "") and "set NUMBA_CACHE_DIR to a folder that can" in err


def test_the_command_says_where_kernels_are_kept(lppl, started, tmp_path):
    code, out, _ = lppl("compile")
    assert code == 0 and out == f"compiled 4 of 4 parts; kernels are kept in {tmp_path}\n"
    assert lppl("compile")[1] == f"what commands need is compiled; kernels are kept in {tmp_path}\n"
    assert lppl("compile", "--all")[1] == f"compiled 2 of 6 parts; kernels are kept in {tmp_path}\n"
    assert lppl("compile", "--all")[1] == f"everything is compiled; kernels are kept in {tmp_path}\n"
    assert sorted(started) == sorted(kernels.PARTS)


NOT_KEPT = """
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from scanners.scan.kernels import PARTS

for compile_part in PARTS.values():
    compile_part()
for package in ("lppl._kernels", "earlywarning._kernels", "scanners.risk._kernels"):
    for found in iter_modules(import_module(package).__path__):
        module = import_module(f"{package}.{found.name}")
        for name, each in vars(module).items():
            each = getattr(each, "dispatcher", each)
            if getattr(getattr(each, "py_func", None), "__module__", "") == module.__name__:
                path = Path(each.stats.cache_path)
                if not any(path.glob(f"{found.name}.{name}-*.nbc")):
                    print(f"{found.name}.{name}")
"""


@pytest.mark.slow
def test_all_parts_leave_only_the_fit_of_the_risk_model_to_be_compiled(tmp_path):
    there = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "NUMBA_CACHE_DIR": f"{tmp_path}"}
    command = [sys.executable, "-W", "ignore", "-c", NOT_KEPT]
    done = subprocess.run(command, env=os.environ | there, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["barrier.slopes", "barrier.scored"]), done.stderr


ONCE = """
import sys
from pathlib import Path

from synthetic_systems import make

import lppl
from scanners.scan.one_series import look
from scanners.systems.schema import load, names
from scanners.systems.system_reading import read_systems

look(lppl.datasets.load("nasdaq")[:"2000-03-10"])
read_systems([load(name) for name in names()], "2019-12-31", folders=[make(Path(sys.argv[1]))], jobs=1)
for name, module in list(sys.modules.items()):
    if name.startswith(("earlywarning._kernels.", "scanners.risk._kernels.")):
        for each in vars(module).values():
            if getattr(getattr(each, "py_func", None), "__module__", "") == name:
                if len(getattr(each, "signatures", ())) > 1:
                    print(each.py_func.__name__, each.signatures)
"""


@pytest.mark.slow
def test_a_scan_and_all_systems_compile_each_kernel_for_one_kind_of_arguments(tmp_path):
    """Arrays that may not be written to, or lie apart in memory, are other kinds: all is compiled again.

    That the kernels of a fit are compiled once is tested beside them.
    """
    support = Path(__file__).resolve().parents[2] / "support"
    there = {"PYTHONPATH": os.pathsep.join([f"{support}", *filter(None, sys.path)])}
    there["NUMBA_CACHE_DIR"] = f"{tmp_path / 'kernels'}"  # inner kernels are loaded when compiled only
    folder = tmp_path / "systems"
    folder.mkdir()
    command = [sys.executable, "-W", "ignore", "-c", ONCE, f"{folder}"]
    done = subprocess.run(command, env=os.environ | there, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
