"""How kernels are compiled: cached where possible, in memory elsewhere, never refused."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock, Timeout
from numba.core import config

import earlywarning._kernels.compile_lock
import earlywarning._kernels.disk_cache
import earlywarning._kernels.jit
import earlywarning._kernels.linked
from lppl._kernels import compile_lock, disk_cache
from lppl._kernels import jit as _jit
from lppl._kernels.linked import linked

DIGEST = """
import hashlib
import lppl
fits = lppl.fit_windows(lppl.datasets.load("gold").iloc[:400], lengths=[400, 390, 200, 130])
print(hashlib.sha256(fits.tc.tobytes() + fits.omega.tobytes() + fits.sse.tobytes()).hexdigest())
"""


TWICE = """
import sys
import lppl
lppl.fit(lppl.datasets.load("gold").iloc[:200])
for name, module in list(sys.modules.items()):
    if name.startswith("lppl._kernels."):
        for each in vars(module).values():
            ours = getattr(getattr(each, "py_func", None), "__module__", "") == name
            if ours and len(getattr(each, "signatures", ())) > 1:
                print(each.py_func.__name__, each.signatures)
"""


def test_kernels_compile_in_memory_where_no_directory_can_be_written(monkeypatch):
    real = _jit.njit

    def refuses_to_cache(*signature, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function 'double': no locator available for file")
        return real(*signature, **options)

    monkeypatch.setattr(_jit, "njit", refuses_to_cache)

    @_jit.kernel
    def double(x):
        return 2.0 * x

    assert double(3.0) == 6.0


def test_nobody_else_can_hold_the_lock_of_the_compiler(tmp_path, monkeypatch):
    """Neither in the shared temporary folder nor in a cache that others may write to."""
    shared, own = tmp_path / "shared", tmp_path / "own"
    shared.mkdir()
    shared.chmod(0o777)
    monkeypatch.setattr(config, "CACHE_DIR", str(shared))
    monkeypatch.setenv("XDG_CACHE_HOME", str(own))
    monkeypatch.setattr("tempfile.tempdir", str(shared))
    with compile_lock.alone():
        assert list(shared.iterdir()) == []
        (lock,) = own.rglob("*.lock")
        assert lock.parent.stat().st_mode & 0o777 == 0o700
        held = FileLock(lock, timeout=0, is_singleton=False)
        with pytest.raises(Timeout):
            held.acquire()
    shared.chmod(0o700)
    with compile_lock.alone():
        assert [path.suffix for path in shared.iterdir()] == [".lock"]


def test_without_a_place_for_a_lock_kernels_are_compiled_all_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "CACHE_DIR", "/dev/null/elsewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    with compile_lock.alone():
        assert list(tmp_path.iterdir()) == []


def test_flags_need_a_signature():
    with pytest.raises(ValueError, match="signature must be given with flags, got none"):
        _jit.kernel(flags=_jit.REDUCTION)


def test_linked_kernels_need_a_signature():
    with pytest.raises(ValueError, match="must have a signature to be linked, got bare without"):

        @linked
        @_jit.kernel
        def bare(x):
            return x


def test_callers_of_a_linked_kernel_know_its_symbol_alone():
    """It gives its callers what it gives Python, passes errors on, and leaves no copy in them."""

    @linked
    @_jit.kernel("Tuple((f8, i8))(f8[::1], i8)")
    def weighed(x, times):
        if times < 0:
            raise ValueError("times must not be negative")
        return times * x.sum(), times

    @_jit.kernel("f8(f8[::1], i8)")
    def caller(x, times):
        total, count = weighed(x, times)
        x[0] = count
        return total

    x = np.arange(4.0)
    assert weighed(x, 3) == (18.0, 3)
    assert caller(x, 3) == 18.0 and x[0] == 3.0
    with pytest.raises(ValueError, match="times must not be negative"):
        caller(x, -1)
    (code,) = caller.inspect_llvm().values()
    bodies = [line for line in code.splitlines() if line.startswith("define")]
    assert bodies and not any("weighed" in line for line in bodies)
    assert any("weighed" in line for line in code.splitlines() if line.startswith("declare"))


def test_both_libraries_compile_alike():
    for ours, theirs in (
        (compile_lock, earlywarning._kernels.compile_lock),
        (disk_cache, earlywarning._kernels.disk_cache),
        (sys.modules[linked.__module__], earlywarning._kernels.linked),
    ):
        texts = (Path(each.__file__).read_text("utf-8") for each in (ours, theirs))
        assert len({text.replace("earlywarning._", "lppl._") for text in texts}) == 1
    ours, theirs = _jit, earlywarning._kernels.jit
    assert (ours.REDUCTION, ours.ELEMENTWISE) == (theirs.REDUCTION, theirs.ELEMENTWISE)
    for options in ({}, {"inner": True}):
        one, other = (jit.kernel(**options)(lambda x: x).targetoptions for jit in (ours, theirs))
        assert one == {**other, "_nrt": True}


def test_sums_may_be_reordered_but_nan_stays_nan():
    @_jit.kernel("f8(f8[::1])", flags=_jit.REDUCTION)
    def total(x):
        out = 0.0
        for i in range(x.size):
            out += x[i]
        return out

    assert total(np.arange(1000.0)) == 499_500.0
    assert np.isnan(total(np.array([1.0, np.nan, 2.0])))


@pytest.mark.slow
def test_compiled_now_or_read_from_the_cache_gives_the_same_bits(tmp_path):
    """Also with a cache directory that cannot be made, where everything is compiled in memory."""
    digests = []
    for folder in (tmp_path / "cache", tmp_path / "cache", "/dev/null/nowhere"):
        environment = os.environ | {"NUMBA_CACHE_DIR": str(folder)}
        done = subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True
        )
        digests.append(done.stdout)
    assert len(set(digests)) == 1


@pytest.mark.slow
def test_processes_that_start_together_compute_the_same_bits(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", DIGEST]

    def start():
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    together = [start(), start()]
    digests = [process.communicate()[0] for process in together]
    digests.append(start().communicate()[0])
    assert len(set(digests)) == 1 and digests[0]


@pytest.mark.slow
def test_a_first_fit_compiles_each_kernel_once(tmp_path):
    """A variable that starts as a constant has a type of its own: all that takes it is compiled twice."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", TWICE], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
