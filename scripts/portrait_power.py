"""How often the phase portrait finds what is there, and what is not: the table of the documentation.

    python scripts/portrait_power.py [--replications 100] [--n 250 500 1000 2500]

Takes about ten minutes on one core. Every line is a process, a length and the share of its paths.
"""

import argparse

import numpy as np

from earlywarning import portrait

RATE, NOISE, EDGE = 0.1, 0.112, 1.15
NULLS = 99


def recursion(step, noise, paths, n, rng, start=0.0):
    """Simulate ``x' = x + step(x) + noise`` side by side."""
    x = np.full((n, paths), float(start))
    shocks = noise * rng.standard_normal((n, paths))
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(n - 1):
            x[t + 1] = x[t] + step(x[t]) + shocks[t]
    return x


def cubic(x):
    """Drift with a stable point at 0 between unstable points at -1 and 1."""
    return -RATE * (x - x**3)


def random_walk(n, rng):
    return np.cumsum(rng.standard_normal(n))


def garch_walk(n, rng):
    x, variance, level = np.empty(n), 1.0, 0.0
    for t in range(n):
        shock = np.sqrt(variance) * rng.standard_t(5) * np.sqrt(0.6)
        variance = 0.05 + 0.1 * shock**2 + 0.85 * variance
        x[t] = level = level + shock
    return x


def linear(n, rng):
    return recursion(lambda x: -0.05 * x, 1.0, 1, n, rng)[:, 0]


def double_well(n, rng):
    return recursion(lambda x: -cubic(x), 0.2, 1, n, rng)[:, 0]


def survivor(n, rng):
    """A path of the cubic that never crossed the edge."""
    while True:
        x = recursion(cubic, NOISE, 50, n, rng)
        inside = np.flatnonzero(np.nanmax(np.abs(np.nan_to_num(x, nan=9.0)), axis=0) < EDGE)
        if len(inside):
            return x[:, inside[0]]


def escaping(n, rng):
    """The last n points of a path of the cubic up to its passage of 1.5: the runaway has just begun."""
    while True:
        x, history = 0.0, []
        while abs(x) < 1.5:
            history.append(x)
            x += cubic(x) + NOISE * rng.standard_normal()
        if len(history) + 1 >= n:
            return np.array([*history, x])[-n:]


PROCESSES = {
    "random walk": (random_walk, None),
    "GARCH random walk": (garch_walk, None),
    "linear reversion": (linear, None),
    "double well": (double_well, "unstable between stable"),
    "cubic, never escaped": (survivor, "stable between unstable"),
    "cubic, just escaped": (escaping, "stable between unstable"),
}


def line(name, n, replications, seed):
    """Return the shares of one process and length."""
    make, shape = PROCESSES[name]
    rng = np.random.default_rng(seed)
    found = []
    for i in range(replications):
        result = portrait(make(n, rng), n_null=NULLS, seed=i)
        walks = max(max(result.p_values["feedback"].values()), result.p_values["shape"]["random_walk"])
        three = len(result.fixed_points) == 3
        found.append(
            (
                result.shape == shape if shape else three,
                result.reverting,
                three and walks <= 0.05,
                result.identified,
                result.state == "convergent",
                result.state == "divergent",
            )
        )
    return np.mean(found, axis=0)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=100)
    parser.add_argument("--n", type=int, nargs="+", default=[250, 500, 1000, 2500])
    parser.add_argument("--seed", type=int, default=4254)
    options = parser.parse_args()
    print("| process | n | shape fitted | reverting | not a walk | identified | convergent | divergent |")
    print("|---|---|---|---|---|---|---|---|")
    for name in PROCESSES:
        for n in options.n:
            shares = line(name, n, options.replications, options.seed)
            print(f"| {name} | {n} | " + " | ".join(f"{share:.2f}" for share in shares) + " |", flush=True)


if __name__ == "__main__":
    main()
