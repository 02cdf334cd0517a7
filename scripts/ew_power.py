"""Power and size of ``earlywarning.trend_test``: the tables of docs/early_warning.md, as Markdown on stdout.

    python scripts/ew_power.py --runs 200 --surrogates 199

Three systems are driven towards a bifurcation and cut off at nine tenths of the way. The same systems at
rest, three processes that approach nothing, and the drift of the fold without its slowing down give the
false alarms.
"""

import argparse

import numpy as np
from scipy.signal import lfilter

from earlywarning import trend_test

LENGTHS = (250, 500, 1000, 2500)
STEP = 0.5  # time between observations
SUBSTEPS = 20
NOISE = 0.01  # small enough that no path escapes before the cut


def simulate(drift, start, control, runs, seed):
    """Euler paths of ``drift(state, control)``, first component, shape (runs, observations)."""
    rng = np.random.default_rng(seed)
    h = STEP / SUBSTEPS
    state = np.tile(np.array(start, dtype=float)[:, None], (1, runs))
    out = np.empty((runs, len(control)))
    for _ in range(int(20 / h)):
        state = state + h * drift(state, control[0]) + NOISE * np.sqrt(h) * rng.normal(size=state.shape)
    for i, mu in enumerate(control):
        out[:, i] = state[0]
        for _ in range(SUBSTEPS):
            state = state + h * drift(state, mu) + NOISE * np.sqrt(h) * rng.normal(size=state.shape)
    return out


def fold(state, mu):
    """Saddle-node at mu = 0: the state sqrt(mu) vanishes."""
    return mu - state**2


def transcritical(state, mu):
    """Exchange of stability at mu = 0 between mu and 0."""
    return mu * state - state**2


def hopf(state, mu):
    """Onset of oscillations (angular frequency 1) where the damping mu reaches zero."""
    x, y = state
    square = x * x + y * y
    return np.stack([-mu * x - y - x * square, x - mu * y - y * square])


SYSTEMS = {"fold": (fold, [1.0]), "transcritical": (transcritical, [1.0]), "Hopf": (hopf, [0.0, 0.0])}


def garch_walks(runs, n, seed):
    rng = np.random.default_rng(seed)
    shocks = rng.standard_t(5, (runs, n + 300)) * np.sqrt(0.6)
    h = np.ones(runs)
    for t in range(n + 300):
        shocks[:, t] *= np.sqrt(h)
        h = 0.05 + 0.08 * shocks[:, t] ** 2 + 0.87 * h
    return shocks[:, 300:].cumsum(axis=1)


def drift_alone(runs, n, seed):
    """The moving mean of the fold, but recovery as fast throughout as at its start."""
    memory = np.exp(-2.0 * STEP)
    spread = NOISE / 2.0 * np.sqrt(1 - memory**2)
    shocks = np.random.default_rng(seed).normal(0, spread, (runs, n + 200))
    return np.sqrt(np.linspace(1.0, 0.1, n)) + lfilter([1], [1, -memory], shocks)[:, 200:]


NULLS = {
    "AR(1), phi = .9": lambda runs, n, seed: lfilter(
        [1], [1, -0.9], np.random.default_rng(seed).normal(size=(runs, n + 200))
    )[:, 200:],
    "random walk": lambda runs, n, seed: np.random.default_rng(seed).normal(size=(runs, n)).cumsum(axis=1),
    "GARCH-t walk": garch_walks,
    "the fold's drift alone": drift_alone,
}


def rates(paths, kind, surrogates):
    """Percent of paths with p <= .05: AR(1), variance, and AR(1) with the restoring rate."""
    p = []
    for seed, x in enumerate(paths):
        test = trend_test(x, window=len(x) // 2, surrogates=kind, n=surrogates, seed=seed)
        p.append([test.p_values["ar1"], test.p_values["variance"], test.p_value])
    return 100 * np.mean(np.array(p) <= 0.05, axis=0)


def row(name, paths_of_length, kind, options):
    if options.only not in name:
        return
    cells = []
    for n in options.lengths:
        ar1, variance, joint = rates(paths_of_length(n), kind, options.surrogates)
        cells.append(f"{ar1:.0f} / {variance:.0f} / **{joint:.0f}**")
    print(f"| {name} | {kind} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--surrogates", type=int, default=199)
    parser.add_argument("--families", nargs="+", default=["garch", "ar1"])
    parser.add_argument("--lengths", nargs="+", type=int, default=list(LENGTHS))
    parser.add_argument("--only", default="", help="rows whose name contains this")
    options = parser.parse_args()
    print("| system | null family | " + " | ".join(f"n = {n}" for n in options.lengths) + " |")
    print("|---|---|" + "---|" * len(options.lengths))
    for kind in options.families:
        for seed, (name, (drift, start)) in enumerate(SYSTEMS.items()):
            for label, end in ((f"{name}, approaching", 0.1), (f"{name}, at rest", 1.0)):

                def paths(n, drift=drift, start=start, end=end, seed=seed):
                    return simulate(drift, start, np.linspace(1.0, end, n), options.runs, seed)

                row(label, paths, kind, options)
        for seed, (name, draw) in enumerate(NULLS.items()):
            row(name, lambda n, draw=draw, seed=seed: draw(options.runs, n, seed), kind, options)


if __name__ == "__main__":
    main()
