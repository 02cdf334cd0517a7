"""Shared fixtures: where the optional reference material lies, and how tests skip without it."""

import gc
import os
import shutil
import sys
from pathlib import Path
from types import FunctionType

import pytest

# Modules, kernels and rewritten tests are objects by the million that stay: to look through them again and
# again takes a quarter of the time of a collection. The command line does the same.
gc.set_threshold(100_000)

# Rewritten tests are kept beside the compiled kernels, also where the environment forbids it: to rewrite them
# anew costs each worker three seconds.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A store syncs to disk at every commit, and no test needs one afterwards: in memory nobody waits for that.
MEMORY = Path("/dev/shm")
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2**30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", f"{MEMORY}")

TESTS = f"{Path(__file__).resolve().parent}{os.sep}"
SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_finish():
    """Look no more through what is loaded by now."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _stand_ins_end_with_their_file():
    """What a file leaves in place of a function would fail another file that the same process runs later."""
    yield
    left = [f"{module.__name__}.{name}" for module, name in _stand_ins()]
    assert not left, f"functions of tests are left in place of those of the project: {left}"


def _stand_ins():
    rooms = ("lppl", "earlywarning", "scanners")
    for module in [found for name, found in sys.modules.items() if name.partition(".")[0] in rooms]:
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__code__.co_filename.startswith(TESTS):
                yield module, name


def _folder(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"optional reference material {folder} is not here")
    return folder


@pytest.fixture(scope="session")
def shared_prices() -> Path:
    return _folder("prices")


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    return _folder("reference")


@pytest.fixture(scope="session")
def shared_macro() -> Path:
    return _folder("macro")


@pytest.fixture
def lppl(monkeypatch, capsys, tmp_path):
    """Run the command in an empty folder; return exit code, stdout and stderr."""
    from scanners import cli
    from scanners.scan import first_run

    # Tests compile what they need: what is not stamped as compiled would be compiled anew by each of them.
    monkeypatch.setattr(first_run, "compile_for_workers", lambda parts, told: None)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["lppl", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return run
