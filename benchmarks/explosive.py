"""Explosive roots and phase portraits, side by side with pyexuber, in one run.

    python benchmarks/explosive.py [--repeat 5]

Prints a table of times (the fastest of the repeats, after a first call that compiles) and of agreement.
"""

import argparse
import time

import numpy as np

import earlywarning as ew


def fastest(call, repeat):
    """Return the fastest time of ``repeat`` calls in seconds, after a first one, and the result."""
    result = call()
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - begin)
    return min(times), result


def against_pyexuber(n, lags, repeat):
    """Return a row for GSADF on one random walk, and check that both agree."""
    import exuber

    walk = np.cumsum(np.random.default_rng(0).standard_normal(n))
    window = ew.gsadf(walk, lags, log=False).min_window
    ours, result = fastest(lambda: ew.gsadf(walk, lags, log=False), repeat)
    theirs, peer = fastest(lambda: exuber.radf(walk, minw=window, lag=lags), repeat)
    gap = np.abs(result.path[-len(peer.bsadf) :] - peer.bsadf[:, 0]).max()
    name = f"GSADF, n = {n}, lag {lags}"
    return name, ours, theirs, f"{theirs / ours:.0f} x; largest difference {gap:.0e}"


def bootstraps(repeat):
    """Return rows for 499 bootstrap paths at n = 1000 on one and two threads."""
    import exuber

    walk = np.cumsum(np.random.default_rng(1).standard_normal(1000))
    test = ew.gsadf(walk, log=False)
    rows = []
    for kind in ("wild", "sieve"):
        results = []
        for jobs in (1, 2):
            seconds, critical = fastest(
                lambda kind=kind, jobs=jobs: ew.bootstrap_critical_values(test, kind, n_jobs=jobs), repeat
            )
            results.append(critical)
            rows.append((f"GSADF {kind} bootstrap, 499 paths, n = 1000, {jobs} threads", seconds, None, ""))
        same = np.array_equal(results[0].draws, results[1].draws)
        rows[-1] = (*rows[-1][:3], "same bits as on one thread" if same else "DIFFERS from one thread")
    theirs, _ = fastest(lambda: exuber.radf_wb_cv(walk, nboot=499, seed=1), 1)
    rows[1] = (*rows[1][:2], theirs, f"{theirs / rows[1][1]:.0f} x; {rows[1][3]}")
    return rows


def portraits(repeat):
    """Return rows for a portrait with 500 null paths of each of three families at n = 2500."""
    walk = np.cumsum(np.random.default_rng(2).standard_normal(2500))
    rows = []
    for jobs in (1, 2):
        seconds, _ = fastest(lambda jobs=jobs: ew.portrait(walk, n_null=500, n_jobs=jobs), repeat)
        rows.append((f"portrait, 3 x 500 null refits, n = 2500, {jobs} threads", seconds, None, ""))
    return rows


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    rows = [against_pyexuber(n, lags, repeat) for n in (1000, 2500) for lags in (0, 1, 4)]
    rows += bootstraps(min(repeat, 3)) + portraits(min(repeat, 3))
    walk = np.cumsum(np.random.default_rng(3).standard_normal((2, 2500)), axis=1)
    seconds, _ = fastest(lambda: ew.coupling(*walk, n_jobs=2), min(repeat, 3))
    rows.append(("coupling, 3 x 499 samples, n = 2500, 2 threads", seconds, None, ""))
    seconds, _ = fastest(lambda: ew.critical_values(10_000), repeat)
    rows.append(("critical values from the surface, n = 10,000", seconds, None, ""))
    print("| work | ours, ms | pyexuber, ms | |\n|---|---|---|---|")
    for name, ours, theirs, remark in rows:
        other = "" if theirs is None else f"{1e3 * theirs:.1f}"
        print(f"| {name} | {1e3 * ours:.1f} | {other} | {remark} |")


if __name__ == "__main__":
    main()
