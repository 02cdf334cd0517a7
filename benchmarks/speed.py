"""Whether the costly computations have become slower: ``python benchmarks/speed.py [--record]``.

Each is timed in processor time beside a calibration loop, which does arithmetic of the same kind and none
of this project's code; what counts is the quotient of the two, the least of each over rounds that alternate.
Noise of other processes only adds to a time, so rounds go on until no quotient is above its bar, or the last
is done; the loop is timed before each computation, lest its own noise hide theirs. Bars are 1.2 times the
quotients in ``speed.json`` (other processes on both cores move them by 7%), which are those of one kind of
processor each; on another kind they are told and not judged. ``--record`` writes them down after a change on
purpose.
"""

import argparse
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from llvmlite import binding
from numba import njit

RECORD = Path(__file__).with_name("speed.json")
SLOWER = 1.2
FEWEST, MOST = 12, 60  # rounds


@njit(nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def calibration(x, out):
    """Logs and roots one by one, then sums of products over what lies in a core's own memory."""
    total = 0.0
    for i in range(x.size):
        out[i] = math.sqrt(math.log(1.0 + x[i] * x[i]))
    for lag in range(200):
        for i in range(x.size - 200):
            total += out[i] * x[i + lag]
    return total


def works():
    """Return the computations by name, each with what one round of it does."""
    import earlywarning
    import lppl
    from earlywarning.core.garch import fit_garch
    from lppl.core.series import check
    from lppl.fitting.windows import fit_together

    daily, prices = lppl.PRESETS["daily"], lppl.datasets.load("nasdaq")[:"2000-03-10"]
    checked = check(prices)
    ends = [checked.until(checked.t.size - back) for back in range(4)]
    levels = np.log(prices.iloc[-750:])
    explosive = earlywarning.bsadf(prices.iloc[-750:])
    walk = pd.Series(np.random.default_rng(0).standard_t(5, 750).cumsum() * 0.01)
    steps = np.diff(walk)
    return {
        "fits of four dates": lambda: fit_together(ends, [daily.lengths] * 4, daily.space),
        "trend test": lambda: earlywarning.trend_test(levels, window=250, bandwidth=50, n=50),
        "phase portrait": lambda: earlywarning.portrait(levels, n_null=50),
        "bootstrap of a root": lambda: earlywarning.bootstrap_critical_values(
            explosive, replications=99, path=False
        ),
        "GARCH fit": lambda: [fit_garch(steps, "Constant") for _ in range(5)],
    }


def seconds(work):
    """Return the processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def slower(quotients, recorded):
    """Return what is above its bar; what was never recorded has none."""
    return [name for name, value in quotients.items() if value > SLOWER * recorded.get(name, math.inf)]


def measure(computations, standard, recorded, most=MOST):
    """Return the quotients after as many rounds as it takes to see that nothing is slower, or ``most``."""
    least, unit = dict.fromkeys(computations, math.inf), math.inf
    quotients = {}
    for number in range(1, most + 1):
        for name, work in computations.items():
            unit = min(unit, seconds(standard))
            least[name] = min(least[name], seconds(work))
        quotients = {name: value / unit for name, value in least.items()}
        if number >= FEWEST and not slower(quotients, recorded):
            break
    return quotients


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    kind = binding.get_host_cpu_name()
    known = json.loads(RECORD.read_text("utf-8"))
    recorded = {} if arguments.record else known.get(kind, {})
    x = np.random.default_rng(0).standard_normal(4_000)
    out = np.empty_like(x)
    computations = works()

    def standard():
        for _ in range(20):
            calibration(x, out)

    for work in (standard, *computations.values()):
        work()  # compiles
    if arguments.record:
        found = measure(computations, standard, dict.fromkeys(computations, 0.0), 40)
        known[kind] = {name: float(f"{value:.3g}") for name, value in found.items()}
        RECORD.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")
    else:
        found = measure(computations, standard, recorded)
    print(f"{kind}\n\n| computation | 20 calibration loops are 1 | recorded |\n|---|---|---|")
    for name, value in found.items():
        print(f"| {name} | {value:.3g} | {recorded.get(name, 'never')} |")
    late = slower(found, recorded)
    if late:
        print(f"\nmore than {SLOWER - 1:.0%} slower than recorded: {', '.join(late)}")
    elif not recorded and not arguments.record:
        print("\nnot judged: no record for this kind of processor")
    return bool(late)


if __name__ == "__main__":
    sys.exit(main())
