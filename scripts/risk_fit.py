"""Fit the chances of a fall and write scanners/risk/coefficients.json.

    python scripts/risk_fit.py [--shared ../shared] [--out FILE]

Looks are every 21st session of the development series. The model of a year is trained on outcomes that were
known before its first day; the first is the prior alone. The last, trained on everything, serves all later
dates. Some minutes on one core.
"""

import hashlib
import json

import numpy as np
import pandas as pd
import risk_panel

from scanners.risk.fitting import Sample, fit, prior, standard_errors
from scanners.risk.scores import half_years
from scanners.risk.sizes import losses
from scanners.risk.surface import NAMES, trend_terms, volatility_terms

SIZES = (5, 10, 20, 30, "1.5s")
HORIZONS = np.array(risk_panel.HORIZONS, dtype=np.float64)
YEARS = (*range(1900, 1950, 5), *range(1950, 2022))
EVERY = 2  # of the looks: neighbours, 21 sessions apart, say nearly the same of falls within 60 and more
FEWEST = 100  # looks with a known outcome before which the prior is not moved
OWN = 5_000.0  # of 1,250, 5,000, 20,000 and 80,000 the one whose *usual* had the best Brier score
WIDTHS = {20: 0.65, 60: 0.75, 120: 0.8, 250: 1.0}


def sample_of(looks, means):
    """Return the looks as a sample; ``means`` gives the class means of the log volatilities, a row a look."""
    loss = losses(SIZES, HORIZONS, looks.features.sd)
    worst = looks.frame[[f"worst_{horizon}" for horizon in risk_panel.HORIZONS]].to_numpy()[:, :, None]
    followed = np.where(np.isnan(worst), np.nan, worst >= loss)
    terms = volatility_terms(looks.features, means)
    confidence = looks.frame["C"].to_numpy()
    return Sample(terms, trend_terms(looks.features), loss, followed, confidence, HORIZONS)


def known_before(looks, year):
    """Return which outcomes were known before a year, shape (n, H)."""
    known = looks.frame[[f"known_{horizon}" for horizon in risk_panel.HORIZONS]]
    return (known < pd.Timestamp(year, 1, 1)).to_numpy()


def class_means(looks, rows):
    """Return the mean log volatilities of each asset class over its looks, of the whole where it has few."""
    logs, kinds = looks.features.logs, looks.frame["kind"].to_numpy()
    whole = logs[rows].mean(axis=0)
    found = {"unclassified": whole}
    for kind in np.unique(kinds):
        own = rows[kinds[rows] == kind]
        found[str(kind)] = logs[own].mean(axis=0) if own.size >= FEWEST else whole
    return found


def train(looks, years, tell=lambda year, theta: None):
    """Yield the model of each year as it ships, trained on outcomes known before it."""
    theta, kinds = prior(), looks.frame["kind"].to_numpy()
    dates = looks.frame["date"].to_numpy()
    for year in years:
        known = known_before(looks, year)
        rows = np.flatnonzero(known[:, 0])[::EVERY]
        earlier = np.flatnonzero(dates < np.datetime64(f"{year}-01-01"))
        means = class_means(looks, earlier if earlier.size >= FEWEST else np.arange(0))
        each = np.array([means[kind] for kind in kinds[rows]])
        sample = sample_of(looks.select(rows), each)
        sample = sample.select(np.arange(rows.size), ~known[rows])
        if rows.size >= FEWEST:
            theta = fit(sample, theta, iterations=8)
        error = standard_errors(sample, theta, half_years(dates[rows]))[-1] if year == years[-1] else np.nan
        tell(year, theta)
        yield {
            "since": year,
            "coefficients": theta[:-1].round(5).tolist(),
            **({} if np.isnan(error) else {"bubble_error": round(float(error), 3)}),
            "bubble": round(max(float(theta[-1]), 0.0), 4),
            "typical": sample.trend.mean(axis=0).round(4).tolist(),
            "means": {kind: values.round(4).tolist() for kind, values in means.items()},
        }


def untrained(first):
    """Return the model of the years before the first: the prior, and a volatility of 1% a day."""
    theta = prior()
    return {
        "since": 1,
        "coefficients": theta[:-1].tolist(),
        "bubble": 0.0,
        "typical": [-0.5, 0.3, 0.3],
        "means": {kind: [-4.6] * 5 for kind in first["means"]},
    }


def main():
    parser = risk_panel.parser(__doc__)
    parser.add_argument(
        "--out",
        default=str(risk_panel.ROOT / "scanners" / "risk" / "coefficients.json"),
        help="file to write",
    )
    options = parser.parse_args()
    looks, panel = risk_panel.load(options.shared, options.cache)
    models = list(train(looks, YEARS, lambda year, theta: print(year, theta.round(3).tolist(), flush=True)))
    found = {
        "panel": panel,
        "trained_until": f"{looks.frame['date'].max():%Y-%m-%d}",
        "names": NAMES,
        "own": OWN,
        "widths": WIDTHS,
        "models": [untrained(models[-1]), *models],
    }
    version = hashlib.sha256(json.dumps(found).encode()).hexdigest()[:8]
    rows = ",\n".join(json.dumps(model) for model in found.pop("models"))
    head = json.dumps({"version": version, **found})[:-1]
    with open(options.out, "w", encoding="utf-8") as out:
        out.write(f'{head}, "models": [\n{rows}\n]}}\n')


if __name__ == "__main__":
    main()
