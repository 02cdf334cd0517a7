"""Rolling indicators, trend and surrogates against ewstools, in one process and one run.

    python benchmarks/early_warning.py

Explosive roots and the phase portrait are timed in ``benchmarks/explosive.py``.
"""

import statistics
import time
import warnings

import numpy as np

import earlywarning
from earlywarning.slowing.indicators import ALL

N, WINDOW, BANDWIDTH = 2500, 1250, 500


def median_seconds(work, repeats, clock=time.perf_counter):
    """Median over ``repeats`` after one run that compiles and imports."""
    work()
    times = []
    for _ in range(repeats):
        start = clock()
        work()
        times.append(clock() - start)
    return statistics.median(times)


def trends(x, method="gaussian", causal=True):
    residual = earlywarning.detrend(x, method, BANDWIDTH, causal)
    table = earlywarning.rolling_indicators(residual, WINDOW, ["ar1", "variance"])
    return {name: earlywarning.kendall_tau(table[name]) for name in table}


def peer_trends(x, method="Gaussian"):
    import ewstools

    series = ewstools.TimeSeries(x)
    series.detrend(method=method, bandwidth=BANDWIDTH, span=BANDWIDTH)
    series.compute_auto(rolling_window=WINDOW, lag=1)
    series.compute_var(rolling_window=WINDOW)
    series.compute_ktau()
    return series.ktau


def same_answer(x):
    """Refuse to time two computations that disagree (two-sided Gaussian, which both have)."""
    ours, theirs = trends(x, causal=False), peer_trends(x)
    np.testing.assert_allclose(
        [ours["ar1"], ours["variance"]], [theirs["ac1"], theirs["variance"]], atol=1e-9
    )


def main():
    warnings.simplefilter("ignore")  # the peer's
    x = np.random.default_rng(0).standard_t(5, N).cumsum() * 0.01
    same_answer(x)
    residual = earlywarning.detrend(x, "gaussian", BANDWIDTH)
    settings = {"window": WINDOW, "bandwidth": BANDWIDTH, "surrogates": "garch", "n": 1000}
    one = median_seconds(lambda: trends(x), 200)
    peer = median_seconds(lambda: peer_trends(x), 3)
    both_cores = median_seconds(lambda: earlywarning.trend_test(x, **settings, n_jobs=2), 5)
    one_core = median_seconds(lambda: earlywarning.trend_test(x, **settings, n_jobs=1), 3)
    # Processor time compares two single-threaded programs fairly on a machine that others use too.
    busy = median_seconds(lambda: earlywarning.trend_test(x, **settings, n_jobs=1), 3, time.process_time)
    peer_busy = median_seconds(lambda: peer_trends(x), 5, time.process_time)
    everything = median_seconds(lambda: earlywarning.rolling_indicators(residual, WINDOW, ALL), 5)
    rows = [
        ("AR(1) + variance + tau, causal Gaussian", f"{1e3 * one:.2f} ms", "5 ms (aim 1)"),
        ("the same, two-sided", f"{1e3 * median_seconds(lambda: trends(x, causal=False), 50):.2f} ms", ""),
        ("the same, causal LOWESS", f"{1e3 * median_seconds(lambda: trends(x, 'lowess'), 50):.2f} ms", ""),
        ("ewstools, two-sided Gaussian", f"{1e3 * peer:.0f} ms", f"{peer / one:.0f} x ours"),
        ("1,000 GARCH surrogates, two threads", f"{both_cores:.2f} s", "2 s (aim 0.5)"),
        ("1,000 GARCH surrogates, one thread", f"{one_core:.2f} s", ""),
        ("ewstools / ours per surrogate, processor time", f"{1000 * peer_busy / busy:.0f} x", "300 x"),
        ("ewstools / ours per surrogate, two threads", f"{1000 * peer / both_cores:.0f} x", "300 x"),
        (f"all {len(ALL)} indicators, window {WINDOW}", f"{1e3 * everything:.0f} ms", "100 ms"),
    ]
    print(f"n = {N}, window {WINDOW}, bandwidth {BANDWIDTH}; medians")
    for name, value, bar in rows:
        print(f"{name:48s} {value:>10s}   {bar}")


if __name__ == "__main__":
    main()
