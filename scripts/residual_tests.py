"""Measure how often the residual tests reject: by bootstrap and by the textbook table, at nominal 5%.

Prints the table of ``docs/residual_tests.md``. Each series is a bubble plus AR(1) noise, or a plain random
walk in the last row; every fit searches the same box. About a minute on one core.
"""

import argparse

import numpy as np

import lppl

LENGTH = 120
SPACE = lppl.SearchSpace(m=(0.1, 0.9), omega=(4, 15), horizon_fraction=(0, 0.3))
CURVE = lppl.log_price(np.arange(LENGTH), LENGTH + 5.0, 0.5, 8.0, 5.0, -0.08, 0.006, 0.0)
PERSISTENCE = (0.0, 0.6, 0.9, 1.0)
TESTS = ("adf", "phillips_perron", "kpss")
TABLE = (-2.89, -2.89, 0.463)  # 5% critical values with a constant, n = 100 (KPSS: asymptotic)


def draw(persistence, rng):
    """Return prices; persistence 1 is a random walk without a bubble."""
    if persistence == 1.0:
        return np.exp(np.cumsum(0.01 * rng.standard_normal(LENGTH)))
    noise = 0.01 * rng.standard_normal(LENGTH + 200)
    for i in range(1, noise.size):
        noise[i] += persistence * noise[i - 1]
    return np.exp(CURVE + noise[200:])


def rejections(persistence, series, resamples, seed):
    """Return the share of series each test rejects, by bootstrap and by table."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(series):
        prices = draw(persistence, rng)
        fit = lppl.fit(prices, space=SPACE)
        result = lppl.residual_tests(fit, prices, space=SPACE, resamples=resamples, seed=k)
        tests = [getattr(result, name) for name in TESTS]
        table = [
            test.statistic > value if name == "kpss" else test.statistic < value
            for name, test, value in zip(TESTS, tests, TABLE, strict=True)
        ]
        found.append([[test.p_value <= 0.05 for test in tests], table])
    return np.mean(found, axis=0)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--resamples", type=int, default=39)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("| AR(1) of the noise | ADF | table | PP | table | KPSS | table |")
    print("|---|---|---|---|---|---|---|")
    for persistence in PERSISTENCE:
        bootstrap, table = rejections(persistence, options.series, options.resamples, options.seed)
        shares = [f"{100 * share:.0f}" for pair in zip(bootstrap, table, strict=True) for share in pair]
        name = "unit root, no bubble" if persistence == 1.0 else f"{persistence:g}"
        print(f"| {name} | {' | '.join(shares)} |")


if __name__ == "__main__":
    main()
