"""Fit the chances of a fall and write scanners/risk/coefficients.json.

    python scripts/risk_fit.py [--shared ../shared] [--out FILE]

Looks are every 21st session of the development series. The model of a year is trained on outcomes that were
known before its first day; the first is the prior alone. The last, trained on everything, serves all later
dates. About a minute on one core.
"""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import risk_panel

from scanners.risk.coefficients import UNCLASSIFIED
from scanners.risk.past_errors import expected, mean_so_far
from scanners.risk.scores import half_years
from scanners.risk.sizes import losses
from scanners.risk.surface import NAMES, OWN, OWN_NAMES, Surface, trend_terms, volatility_terms
from scanners.risk.surface_fit import Sample, fit, prior, standard_errors

SIZES = (5, 10, 20, 30, "1.5s")
HORIZONS = np.array(risk_panel.HORIZONS, dtype=np.float64)
YEARS = (*range(1900, 1950, 5), *range(1950, 2022))
EVERY = 3  # of the looks, which lie 21 sessions apart: falls within 60 sessions do not overlap
MONTH = 60.0  # looks of one month that weigh one each; n of them weigh sqrt(60 / n)
TYPICAL = [-0.5, 0.3, 0.3]  # trend terms of an ordinary day before any was seen
FEWEST = 100  # looks with a known outcome before which the prior is not moved
USUAL = 5_000.0  # sessions that the model weighs in *usual*; more weight is better by less than .001 of Brier
WIDTHS = {20: 0.5, 60: 0.5, 120: 0.55, 250: 0.65}  # four of five eras, see `eras` in the record


def sample_of(looks, means):
    """Return the looks as a sample; ``means`` gives the class means of the log volatilities, a row a look."""
    loss = losses(SIZES, HORIZONS, looks.features.sd)
    worst = looks.frame[[f"worst_{horizon}" for horizon in risk_panel.HORIZONS]].to_numpy()[:, :, None]
    followed = np.where(np.isnan(worst), np.nan, worst >= loss)
    terms = volatility_terms(looks.features, means)
    confidence = looks.frame["C"].to_numpy()
    kinds, kind = np.unique(looks.frame["kind"].to_numpy(), return_inverse=True)
    month = looks.frame["date"].to_numpy().astype("datetime64[M]")
    weight = np.sqrt(MONTH / looks.frame.groupby(month)["kind"].transform("size").to_numpy())
    trend = trend_terms(looks.features)
    return Sample(terms, trend, loss, followed, confidence, HORIZONS, weight, kind, kinds.size)


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
    kinds = looks.frame["kind"].to_numpy()
    names = [str(name) for name in np.unique(kinds)]
    theta, dates = prior(len(names)), looks.frame["date"].to_numpy()
    held = Held(looks)
    held.to(untrained(names), dates < np.datetime64(f"{years[0]}-01-01"))
    for year, later in zip(years, (*years[1:], 9999), strict=True):
        looks = held.told()
        known = known_before(looks, year)
        earlier = np.flatnonzero(dates < np.datetime64(f"{year}-01-01"))
        means = class_means(looks, earlier if earlier.size >= FEWEST else np.arange(0))
        sample = sample_of(looks, np.array([means[kind] for kind in kinds]))
        rows = np.flatnonzero(known[:, 0])[::EVERY]
        sample = sample.select(rows, ~known)
        if rows.size >= FEWEST:
            theta = fit(sample, theta, iterations=8)
        error = standard_errors(sample, theta, half_years(dates[rows])) if year == years[-1] else None
        tell(year, theta)
        model = {
            "since": year,
            **model_of(theta, names, np.bincount(sample.kind, sample.weight, len(names))),
            **({} if error is None else {"bubble_error": round(float(error[len(NAMES)]), 3)}),
            "typical": sample.trend.mean(axis=0).round(4).tolist() if rows.size else TYPICAL,
            "means": {kind: values.round(4).tolist() for kind, values in means.items()},
        }
        held.to(model, (dates >= np.datetime64(f"{year}-01-01")) & (dates < np.datetime64(f"{later}-01-01")))
        yield model


class Held:
    """Models held to the volatility that came after the looks of their years."""

    def __init__(self, looks):
        self.looks, self.error = looks, np.full(len(looks.frame), np.nan)

    def to(self, model, rows):
        """Take the errors at some looks, which the model was the first to know."""
        for kind in np.unique(self.looks.frame.loc[rows, "kind"]):
            mine = np.flatnonzero(rows & (self.looks.frame["kind"] == kind).to_numpy())
            coefficients = np.tile(model["coefficients"], (mine.size, 1))
            coefficients[:, OWN] += model["classes"].get(kind, model["classes"][UNCLASSIFIED])
            means = np.tile(model["means"].get(kind, model["means"][UNCLASSIFIED]), (mine.size, 1))
            surface = Surface(coefficients, np.zeros(mine.size), np.zeros((mine.size, 3)), means)
            known = self.looks.frame["came"].to_numpy()[mine]
            self.error[mine] = known - expected(self.looks.features.select(mine), surface)

    def told(self):
        """Return the looks with the mean error of each series so far."""
        found, place = np.zeros(len(self.error)), self.looks.frame["position"].to_numpy()
        for rows in self.looks.frame.groupby("series").indices.values():
            found[rows] = mean_so_far(self.error[rows], place[rows], place[rows])
        return replace(self.looks, features=replace(self.looks.features, error=found))


def told_by(looks, models):
    """Return looks with the errors of the models of their years, as `chances_at` has them."""
    held, years = Held(looks), looks.frame["date"].dt.year.to_numpy()
    for kind in looks.frame["kind"].unique():
        rows = np.flatnonzero(looks.frame["kind"] == kind)
        surface = models.on(years[rows], kind, rows.size)
        known = looks.frame["came"].to_numpy()[rows]
        held.error[rows] = known - expected(looks.features.select(rows), surface)
    return held.told()


def model_of(theta, names, looks):
    """Return fitted coefficients as they ship; a class without ``looks`` has those of the unclassified."""
    k = len(NAMES)
    own = theta[k + 1 :].reshape(len(names), len(OWN))
    classes = {name: own[place] for place, name in enumerate(names) if looks[place]}
    return {
        "coefficients": theta[:k].round(5).tolist(),
        "classes": {name: values.round(4).tolist() for name, values in classes.items()}
        | {UNCLASSIFIED: mean_class(own, looks).round(4).tolist()},
        "bubble": round(max(float(theta[k]), 0.0), 4),
    }


def mean_class(own, looks):
    """Return what a series of unknown class takes: the mean of the classes by their looks."""
    return looks @ own / max(looks.sum(), 1.0)


def untrained(names):
    """Return the model of the years before the first: the prior, and a volatility of 1% a day."""
    means = {kind: [-4.6] * 5 for kind in (UNCLASSIFIED, *names)}
    return {"since": 1, **model_of(prior(1), ["none"], np.zeros(1)), "typical": TYPICAL, "means": means}


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
        "own_names": OWN_NAMES,
        "own": USUAL,
        "widths": WIDTHS,
        "models": [untrained([name for name in models[-1]["means"] if name != UNCLASSIFIED]), *models],
    }
    version = hashlib.sha256(json.dumps(found).encode()).hexdigest()[:8]
    rows = ",\n".join(json.dumps(model) for model in found.pop("models"))
    head = json.dumps({"version": version, **found})[:-1]
    with open(options.out, "w", encoding="utf-8") as out:
        out.write(f'{head}, "models": [\n{rows}\n]}}\n')


if __name__ == "__main__":
    main()
