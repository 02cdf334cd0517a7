"""The kernels in parts that processes of their own compile side by side, and what each runs for that.

Kernels are compiled once and kept on disk; no number depends on which process compiled. Those with a
signature are compiled when their module is imported, the others when they are called.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from scanners.core import garbage, kernel_stamps
from scanners.core.errors import CommandError

if TYPE_CHECKING:
    import pandas as pd

SESSIONS = 560  # enough for a window of every kind that a scan looks at


def compile_fits() -> None:
    """Compile what a fit and the bubble of a scan need."""
    import lppl
    from scanners.evidence.gathering import gather
    from scanners.evidence.series_fits import CONSENSUS

    closes = _walk(SESSIONS)
    gather(closes, f"{closes.index[-1]:%Y-%m-%d}", CONSENSUS, tested=False)
    lppl.fit(closes.iloc[-300:])


def compile_tests() -> None:
    """Compile the early warnings and the chances of falls."""
    from scanners.evidence.bifurcation import FEWEST, bootstrap, measure
    from scanners.risk.forecast_numbers import falls_of

    closes = _walk(FEWEST)
    found = measure(closes)
    bootstrap(found.explosive, found.seed, path=False)
    falls_of(closes, f"{closes.index[-1]:%Y-%m-%d}", float("nan"), None)


def compile_systems() -> None:
    """Compile what the monitors of macro systems need besides."""
    import numpy as np

    import earlywarning
    from earlywarning.macro.support_line import rising_lines

    _import_all("earlywarning")
    rng = np.random.default_rng(1)
    x, y = np.cumsum(rng.standard_normal((2, 200)), axis=1)
    earlywarning.coupling(x, y, window=60, replications=19)
    earlywarning.trend_channel(np.exp(0.1 * x), replications=19)
    earlywarning.time_varying(y, x, window=40, replications=19)
    rising_lines(_walk(SESSIONS))


def compile_others() -> None:
    """Compile what has a signature among other ways to fit and to test, and the rest that commands need.

    Fonts are no kernels, but the first picture on a machine waits until all are listed: it is done here too.
    """
    import lppl

    import_module("matplotlib.font_manager")
    _import_all("lppl")
    closes = _walk(SESSIONS)
    lppl.fit_windows(closes, lengths=[60], space=lppl.PRESETS["shu_zhu_2019"].space)
    lppl.bubble_posterior(closes, lengths=[125])
    lppl.trust(closes.iloc[-140:], preset="daily", resamples=2)


def compile_proofs() -> None:
    """Compile proofs that minima are global, and fits of quantiles."""
    import lppl

    closes = _walk(SESSIONS)
    windows = lppl.fit_windows(closes, lengths=[60], space=lppl.PRESETS["shu_zhu_2019"].space)
    lppl.certify(windows, cells=100)
    lppl.quantile_confidence(closes, lengths=[60], quantiles=[0.5])


def compile_diagnostics() -> None:
    """Compile diagnostics of one series that no command asks for."""
    import numpy as np

    import earlywarning
    import lppl
    from earlywarning.slowing.indicators import INDICATORS

    _import_all("earlywarning")
    closes = _walk(SESSIONS)
    last = closes.iloc[-150:]
    fit = lppl.fit(last)
    lppl.error_model(last, resamples=19)
    lppl.critical_time(closes, lengths=[125])
    lppl.residual_tests(fit, last, resamples=19)
    lppl.turning_points(closes)
    walk = np.log(closes.to_numpy()[:200])
    earlywarning.rolling_indicators(walk, 80, names=[*INDICATORS])
    earlywarning.detrend(walk, "linear")
    earlywarning.detrend(np.where(np.arange(200) == 90, np.nan, walk), "gaussian", 20)
    earlywarning.gsadf(walk, lags=1, log=False)
    earlywarning.tipping_time(walk, ramp_start=60, replications=19)


PARTS: dict[str, Callable[[], None]] = {
    "fits": compile_fits,
    "tests": compile_tests,
    "systems": compile_systems,
    "others": compile_others,
    "proofs": compile_proofs,
    "diagnostics": compile_diagnostics,
}
OF_COMMANDS = ("fits", "tests", "systems", "others")


def compile_part(name: str) -> None:
    """Compile a part in this process, and note that it is done where kernels are kept.

    Raises
    ------
    SystemExit
        If the disk does not take what was compiled.
    """
    from earlywarning._kernels import disk_cache as its
    from lppl._kernels import disk_cache as ours

    garbage.look_seldom()
    PARTS[name]()
    if unkept := [*ours.unkept, *its.unkept]:
        raise SystemExit(f"they cannot be kept: {unkept[0]}")
    folder = kernel_stamps.place()
    if folder is not None:
        kernel_stamps.put(name, folder)


def compile_missing(
    parts: tuple[str, ...] = OF_COMMANDS, told: Callable[[int, int], object] = lambda done, total: None
) -> int:
    """Compile the parts that are not on disk, as many at a time as there are cores; return how many were.

    Parameters
    ----------
    parts : tuple of str
        Of ``PARTS``.
    told : callable
        Is called with the number of parts done and of all that are compiled.

    Raises
    ------
    CommandError
        If no folder for compiled kernels can be written, or a compiler fails.
    """
    folder = kernel_stamps.place()
    if folder is None:
        hint = "set NUMBA_CACHE_DIR to a folder that can"
        raise CommandError(f"no folder for compiled kernels can be written: {hint}")
    if not kernel_stamps.missing(parts, folder):
        return 0
    with kernel_stamps.alone(folder):
        left = kernel_stamps.missing(parts, folder)
        for done, _ in enumerate(_compiled(left)):
            told(done + 1, len(left))
    return len(left)


def _compiled(parts: list[str]) -> Iterator[None]:
    with ThreadPoolExecutor(max(1, min(len(parts), os.cpu_count() or 1))) as threads:
        for each in as_completed([threads.submit(_in_own_process, part) for part in parts]):
            yield each.result()


def command_of(part: str) -> list[str]:
    """Return the command of a process that compiles a part."""
    return [sys.executable, "-c", f"from {__name__} import compile_part; compile_part({part!r})"]


def surroundings() -> dict[str, str]:
    """Return the environment of such a process: it finds the packages where this one did."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _in_own_process(part: str) -> None:
    ended = subprocess.run(
        command_of(part),
        env=surroundings(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        lines = ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"]
        raise CommandError(f"the kernels of {part} could not be compiled: {lines[-1]}")


def _import_all(package: str) -> None:
    kernels = import_module(f"{package}._kernels")
    for module in iter_modules(kernels.__path__):
        import_module(f"{kernels.__name__}.{module.name}")


def _walk(sessions: int) -> "pd.Series":
    """Return closes on weekdays."""
    import numpy as np
    import pandas as pd

    steps = 0.01 * np.random.default_rng(0).standard_t(5, sessions)
    dates = pd.bdate_range("2000-01-03", periods=sessions)
    return pd.Series(np.exp(np.cumsum(steps)), dates)
