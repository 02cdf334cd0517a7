"""The first run on a machine: a second process compiles the early warnings while this one compiles the fits.

Kernels are compiled once and kept on disk. Half of that time is spent on kernels that a scan needs after the
fits: by then the second process has left them on disk, or they are compiled here as ever. No number depends
on which process compiled.
"""

import atexit
import os
import subprocess
import sys
from functools import lru_cache


@lru_cache(maxsize=1)
def compile_beside() -> "subprocess.Popen[bytes] | None":
    """Start the second process, where there is something to compile, a place to keep it and a core for it."""
    from lppl._kernels.elementary import log

    stats = log.stats
    if not stats.cache_path or not sum(stats.cache_misses.values()):
        return None
    if (os.cpu_count() or 1) < 2 or not sys.executable:
        return None
    helper = subprocess.Popen(
        [sys.executable, "-c", f"from {__name__} import compile_tests; compile_tests()"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(_end, helper)
    return helper


def compile_tests() -> None:
    """Run what compiles the kernels of the early warnings and of the chances of falls."""
    import gc

    import numpy as np
    import pandas as pd

    gc.set_threshold(100_000)  # as the command line does

    from scanners.evidence.bifurcation import FEWEST, bootstrap, measure
    from scanners.risk.forecast_numbers import falls_of

    steps = 0.01 * np.random.default_rng(0).standard_t(5, FEWEST)
    dates = pd.bdate_range("2000-01-03", periods=FEWEST)
    closes = pd.Series(np.exp(np.cumsum(steps)), dates)
    found = measure(closes)
    bootstrap(found.explosive, found.seed, path=False)
    falls_of(closes, f"{dates[-1]:%Y-%m-%d}", float("nan"), None)


def _end(helper: "subprocess.Popen[bytes]") -> None:
    if helper.poll() is None:
        helper.terminate()
    helper.wait()
