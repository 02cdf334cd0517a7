"""Nested windows of one date: this engine against PyPI ``lppls`` in one run.

    python benchmarks/nested_fits.py [--windows 12] [--starts 25] [--history 60] [--trust]

Windows are those of the published confidence indicator on the Nasdaq Composite to 2000-03-10, the box
is that of Sornette et al. (2015). ``lppls`` searches without bounds from random starts: its best of
``--starts`` is clipped to the box and its linear parameters solved again there before SSEs are compared.
"""

import argparse
import platform
import statistics
import time
import warnings

import numpy as np

import lppl
from lppl.core.model import TAU_MIN


def clipped_sse(y, tc, m, omega):
    """SSE of the best linear parameters at a peer's (tc, m, omega), moved into the box."""
    t = np.arange(y.size, dtype=float)
    reach = 0.2 * (y.size - 1)
    tc = np.clip(tc, t[-1] - reach, t[-1] + reach)
    m, omega = np.clip(m, 1e-3, 2), np.clip(omega, 1, 50)
    x = np.maximum(np.abs(tc - t), TAU_MIN)
    phase = omega * np.log(x)
    X = np.column_stack([np.ones_like(x), x**m, x**m * np.cos(phase), x**m * np.sin(phase)])
    X /= np.abs(X).max(axis=0)
    return float(((y - X @ np.linalg.lstsq(X, y, rcond=None)[0]) ** 2).sum())


def timed(call, repeats):
    call()
    spans = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        spans.append(time.perf_counter() - start)
    return statistics.median(spans), result


def peer_fits(y, length, starts):
    """Seconds of each of the peer's fits, and their SSEs inside the box."""
    from lppls import lppls

    model = lppls.LPPLS(observations=np.array([np.arange(length, dtype=float), y[-length:]]))
    np.random.seed(0)
    spent, found = [], []
    for _ in range(starts):
        begin = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tc, m, omega, *_ = model.fit(25)
        spent.append(time.perf_counter() - begin)
        if np.isfinite([tc, m, omega]).all() and m != 0:
            found.append(clipped_sse(y[-length:], tc, m, omega))
    return spent, found


def compare(y, fits, seconds, windows, starts):
    chosen = list(range(0, len(fits), max(1, len(fits) // windows)))[:windows]
    single, best_of, ratios = [], [], []
    for k in chosen:
        spent, found = peer_fits(y, int(fits.length[k]), starts)
        single.append(statistics.median(spent))
        best_of.append(sum(spent))
        ratios.append(min(found, default=np.inf) / fits.sse[k])
    one, best, ours = statistics.mean(single), statistics.mean(best_of), seconds / len(fits)
    worse = sum(ratio < 1 - 1e-6 for ratio in ratios)
    print(f"\n| per window | ours | lppls, one start | lppls, best of {starts} |\n|---|---|---|---|")
    print(f"| time | {ours * 1e3:.2f} ms | {one * 1e3:.1f} ms | {best * 1e3:.0f} ms |")
    print(f"| ratio | 1 | {one / ours:.0f} | {best / ours:.0f} |")
    print(
        f"| SSE in the box over ours, median (largest) | 1 | | {np.median(ratios):.4f} ({max(ratios):.3f}) |"
    )
    print(f"| windows where ours is no worse (1e-6) | | | {len(chosen) - worse} of {len(chosen)} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--windows", type=int, default=12, help="windows given to the peer (it is slow)")
    parser.add_argument("--starts", type=int, default=25)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--history", type=int, default=60, help="dates of daily history, two workers")
    parser.add_argument("--trust", action="store_true", help="time trust with 126 x 100 refits, two workers")
    options = parser.parse_args()
    prices = lppl.datasets.load("nasdaq").loc[:"2000-03-10"].iloc[-1500:]
    y = np.log(prices.to_numpy())
    preset = lppl.PRESETS["shanghai_2015"]

    start = time.perf_counter()
    lppl.fit_windows(prices, lengths=[750])
    first = time.perf_counter() - start
    seconds, fits = timed(
        lambda: lppl.fit_windows(prices, lengths=preset.lengths, space=preset.space), options.repeats
    )
    print(f"machine: {platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}")
    print(f"first call (compiles unless cached): {first:.2f} s")
    print(f"ours: {len(fits)} windows in {seconds * 1e3:.1f} ms, one thread, median of {options.repeats}")
    try:
        compare(y, fits, seconds, options.windows, options.starts)
    except ImportError:
        print("peer lppls is not installed: nothing to compare with")
    if options.history:
        begin = time.perf_counter()
        days = lppl.confidence_history(prices, start=len(prices) - options.history, n_jobs=2)
        spent = time.perf_counter() - begin
        print(f"\nhistory: {len(days)} days x 126 windows in {spent:.1f} s on two workers")
        print(f"ten years of that (2,520 days): about {spent / len(days) * 2520:.0f} s")
    if options.trust:
        begin = time.perf_counter()
        result = lppl.trust(prices, n_jobs=2)
        spent = time.perf_counter() - begin
        print(f"trust: 126 windows x 100 refits in {spent:.1f} s on two workers, trust {result.positive:.2f}")


if __name__ == "__main__":
    main()
