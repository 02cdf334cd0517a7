"""What a disk refuses is compiled in memory, in both libraries: a kernel costs time, never an error."""

import errno
import os
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from numba.core import config

from earlywarning._kernels import disk_cache as theirs
from lppl._kernels import disk_cache as ours


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A folder of this test for compiled kernels, and two lists of what was not kept."""
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(tmp_path)
    for library in (ours, theirs):
        monkeypatch.setattr(library, "unkept", [])
    return tmp_path / "cache"


@pytest.fixture
def load(tmp_path):
    """Import a module of two kernels as another process would; return what they give for 3, and it."""
    path = tmp_path / "two_kernels.py"

    def loaded(library):
        text = f"""
        from {library}._kernels.jit import kernel

        @kernel("f8(f8)")
        def at_once(x):
            return 2.0 * x

        @kernel
        def when_called(x):
            return at_once(x) + 1.0
        """
        path.write_text(dedent(text))
        sys.modules.pop("two_kernels", None)
        module = __import__("two_kernels")
        return module.at_once(3.0), module.when_called(3.0), module

    yield loaded
    sys.modules.pop("two_kernels", None)


def compiled(module):
    """Return how many times the kernels of a module were compiled, not read."""
    return sum(sum(each.stats.cache_misses.values()) for each in (module.at_once, module.when_called))


def refusing(code):
    """Return what opens no file of compiled kernels."""

    def refused(path, *how):
        if str(path).endswith(".py"):
            return open(path, *how)
        raise OSError(code, os.strerror(code), path)

    return refused


@pytest.mark.parametrize(("library", "code"), [("lppl", errno.ENOSPC), ("earlywarning", errno.EACCES)])
def test_a_disk_that_refuses_costs_the_time_to_compile_and_is_noted(library, code, load, cache, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("numba.core.caching.open", refusing(code), raising=False)
        *values, module = load(library)
    assert values == [6.0, 7.0] and compiled(module) == 2
    unkept = sys.modules[f"{library}._kernels.disk_cache"].unkept
    assert [error.errno for error in unkept] == [code] * 2
    assert not list(cache.rglob("*.nb?"))


def test_a_kernel_is_compiled_anew_when_what_it_copies_changes_in_another_file(tmp_path, cache, monkeypatch):
    """What it does not reach may change; a disk may be full in between."""
    head = "from lppl._kernels.jit import kernel\n"
    texts = {
        "innermost": head + "@kernel\ndef times(x):\n    return 2.0 * x\n",
        "between": head + "from innermost import (\n    times,\n)\nmany = times\n",
        "outermost": head
        + "import between\nmany = between.many\n@kernel\ndef more(x):\n    return many(x) + 1.0\n",
        "stranger": head,
    }

    def more(**changed):
        for name, text in (texts | changed).items():
            (tmp_path / f"{name}.py").write_text(text)
            sys.modules.pop(name, None)
        ours._beside.cache_clear()
        found = __import__("outermost").more
        return found(3.0), sum(found.stats.cache_misses.values())

    def refused(path, *how):
        if ".nbc" in str(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        return open(path, *how)

    try:
        assert more() == (7.0, 1)
        assert more(stranger=head + "# changed") == (7.0, 0)
        changed = texts["innermost"].replace("2.0", "3.25")  # another size: Python looks at that
        with monkeypatch.context() as patch:
            patch.setattr("numba.core.caching.open", refused, raising=False)
            assert more(innermost=changed) == (10.75, 1)
        assert more(innermost=changed) == (
            10.75,
            1,
        )  # an index that took the room points to no kernel of before
        assert more(innermost=changed) == (10.75, 0)
        assert len([*cache.rglob("outermost.*.nbc")]) == 1
        with monkeypatch.context() as patch:  # the options that all kernels are compiled with
            known = ours._beside
            patch.setattr(ours, "_beside", lambda place: known(place) | {"jit": ("other", set())})
            patch.setattr(ours._beside, "cache_clear", lambda: None, raising=False)
            assert more(innermost=changed) == (10.75, 1)
    finally:
        [sys.modules.pop(name, None) for name in texts]


def test_files_that_were_cut_off_are_made_anew(load, cache):
    load("lppl")
    one, other = sorted(cache.rglob("*.nbi"))
    one.write_bytes(b"")
    other.write_bytes(other.read_bytes().replace(b"two_kernels", b"two_\xffernels"))
    for suffix in ("nbi", "nbc"):
        *values, module = load("lppl")
        assert values == [6.0, 7.0] and compiled(module) == 2, suffix
        *values, module = load("lppl")
        assert values == [6.0, 7.0] and compiled(module) == 0, suffix
        for path in cache.rglob("*.nbc"):
            path.write_bytes(path.read_bytes()[:-40])
    assert ours.unkept == []


def test_a_relative_folder_is_that_of_the_first_kernel_wherever_the_process_goes(load, tmp_path, monkeypatch):
    monkeypatch.setattr(config, "CACHE_DIR", "kept")
    monkeypatch.chdir(tmp_path)
    *_, module = load("lppl")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert module.when_called(2) == 5.0
    *_, module = load("lppl")
    assert compiled(module) == 0 and list(elsewhere.iterdir()) == []
    assert Path(config.CACHE_DIR) == tmp_path / "kept" and (tmp_path / "kept").is_dir()
