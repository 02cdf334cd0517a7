"""Areas under the ROC curve of early-warning indicators, simulated transitions and palaeo records: tables.

    python scripts/ew_roc.py [--runs 150] [--reference ../shared/reference]

The score of a path is the Kendall tau of an indicator, turned the way it moves when a system slows down. An
area is the chance that a path that approaches a transition scores above one that does not; .5 is a coin.
About a minute on one core. Palaeo records lie beside the project; without them their table is left out.
"""

import argparse
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from ew_power import NOISE, STEP, SUBSTEPS, SYSTEMS, drift_alone, garch_walks
from scipy.stats import rankdata

import earlywarning as ew
from earlywarning.slowing.indicators import ALL, indicator
from earlywarning.slowing.multivariate import COLUMNS

LENGTH = 400
UNITS = 4  # of the chain whose joint indicators are judged
COUPLING = 0.2
RECORDS = {
    "end of the greenhouse Earth": "end_of_greenhouse_earth",
    "Bolling-Allerod": "bolling_allerod_transition",
    "end of the Younger Dryas": "end_of_younger_dryas",
}


def simulate(drift, start, control, runs, seed, noise=None):
    """Euler paths of ``drift(state, control)``, shape (components, runs, observations)."""
    rng, h = np.random.default_rng(seed), STEP / SUBSTEPS
    noise = np.full(len(control), NOISE) if noise is None else noise
    state = np.tile(np.array(start, dtype=float)[:, None], (1, runs))
    out = np.empty((len(start), runs, len(control)))
    for i in range(-40, len(control)):
        t = max(i, 0)
        out[:, :, t] = state
        for _ in range(SUBSTEPS):
            shock = noise[t] * np.sqrt(h) * rng.normal(size=state.shape)
            state = state + h * drift(state, control[t]) + shock
    return out


def approaching(name, runs, seed, end=0.1, noise=None):
    """First component of a system whose control moves nine tenths of the way to its transition."""
    drift, start = SYSTEMS[name]
    return simulate(drift, start, np.linspace(1.0, end, LENGTH), runs, seed, noise)[0]


def growing_noise(runs, seed):
    """The fold at rest under noise that triples."""
    return approaching("fold", runs, seed, end=1.0, noise=NOISE * np.linspace(1.0, 3.0, LENGTH))


def chain(state, mu):
    """Folds in a ring, each drawn to its two neighbours."""
    return mu - state**2 + COUPLING * (np.roll(state, 1, 0) + np.roll(state, -1, 0) - 2 * state)


def scores(paths):
    """Return the oriented tau of every indicator of every path, shape (paths, indicators)."""
    out = np.empty((len(paths), len(ALL)))
    for row, x in zip(out, paths, strict=True):
        residual = ew.detrend(x, "gaussian", len(x) / 4)
        table = ew.rolling_indicators(residual, len(x) // 2, ALL, level=x)
        row[:] = [indicator(name).direction * ew.kendall_tau(table[name]) for name in ALL]
    return out


def joint_scores(paths):
    """Return the tau of every joint indicator of every set of paths, shape (sets, indicators)."""
    out = np.empty((paths.shape[1], len(COLUMNS)))
    for row, x in zip(out, np.moveaxis(paths, 1, 0), strict=True):
        residual = np.column_stack([ew.detrend(one, "gaussian", len(one) / 4) for one in x])
        table = ew.rolling_multivariate(residual, LENGTH // 2)
        row[:] = [ew.kendall_tau(table[name]) for name in COLUMNS]
    return out


def area(hits, misses):
    """Return the chance that a hit scores above a miss, ties counting half (Mann & Whitney)."""
    ranks = rankdata(np.concatenate([hits, misses]))[: len(hits)]
    return float((ranks.sum() - len(hits) * (len(hits) + 1) / 2) / (len(hits) * len(misses)))


def found(hits, misses, share=0.1):
    """Return the share of hits above all but ``share`` of the misses: the point of the curve there."""
    return float(np.mean(hits > np.quantile(misses, 1 - share)))


SUITES = {
    "fold / at rest": (partial(approaching, "fold"), partial(approaching, "fold", end=1.0)),
    "fold / its drift alone": (
        partial(approaching, "fold"),
        lambda runs, seed: drift_alone(runs, LENGTH, seed),
    ),
    "fold / noise grows": (partial(approaching, "fold"), growing_noise),
    "fold / GARCH walk": (partial(approaching, "fold"), lambda runs, seed: garch_walks(runs, LENGTH, seed)),
    "transcritical / at rest": (
        partial(approaching, "transcritical"),
        partial(approaching, "transcritical", end=1.0),
    ),
    "Hopf / at rest": (partial(approaching, "Hopf"), partial(approaching, "Hopf", end=1.0)),
}


def simulated(runs, names=tuple(SUITES)):
    """Return hits and misses of the suites named, scored by every indicator; equal draws are scored once."""
    scored = {}
    for name in names:
        hit, miss = SUITES[name]
        system = name.split(" / ")[0]
        if system not in scored:
            scored[system] = scores(hit(runs, 71))
        scored[name] = scores(miss(runs, 72))
    return {name: (scored[name.split(" / ")[0]], scored[name]) for name in names}


def chains(runs):
    """Return joint scores of a chain of folds that approaches, and of one at rest."""
    start = [1.0] * UNITS
    return [
        joint_scores(simulate(chain, start, np.linspace(1.0, end, LENGTH), runs, seed))
        for end, seed in ((0.1, 73), (1.0, 74))
    ]


def palaeo(folder, surrogates):
    """Return for each record the chance that every indicator's tau is above that of a surrogate."""
    out = {}
    for title, name in RECORDS.items():
        x = pd.read_csv(folder / f"palaeo_{name}.csv")["state"].to_numpy()
        misses = scores(ew.surrogates(x, "ar1", surrogates, seed=75))
        hit = scores(x[None])
        out[title] = [area(hit[:, j], misses[:, j]) for j in range(len(ALL))]
    return out


def head(*columns):
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|", flush=True)


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=150)
    parser.add_argument("--reference", type=Path, default=Path("../shared/reference"))
    options = parser.parse_args()
    suites = simulated(options.runs)
    head("area, % found at 10% false alarms", *suites)
    for j, name in enumerate(ALL):
        cells = [
            f"{area(hits[:, j], misses[:, j]):.2f}, {100 * found(hits[:, j], misses[:, j]):.0f}"
            for hits, misses in suites.values()
        ]
        print(f"| `{name}` | " + " | ".join(cells) + " |", flush=True)
    print()
    hits, misses = chains(options.runs)
    head(f"ring of {UNITS} folds", "approaching / at rest")
    for j, name in enumerate(COLUMNS):
        cell = f"{area(hits[:, j], misses[:, j]):.2f}, {100 * found(hits[:, j], misses[:, j]):.0f}"
        print(f"| `{name}` | {cell} |", flush=True)
    if not options.reference.is_dir():
        print(f"no palaeo records in {options.reference}", file=sys.stderr)
        return
    print()
    records = palaeo(options.reference, options.runs)
    head("area against AR(1) surrogates", *records, "mean")
    for j, name in enumerate(ALL):
        cells = [record[j] for record in records.values()]
        print(
            f"| `{name}` | " + " | ".join(f"{cell:.2f}" for cell in (*cells, np.mean(cells))) + " |",
            flush=True,
        )


if __name__ == "__main__":
    main()
