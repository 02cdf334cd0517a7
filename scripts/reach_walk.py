"""Walking forward with terms beside a stated chance, and what that is worth on halves of the calendar."""

import numpy as np

from scanners.past.panel.added import logit_fit
from scanners.risk.scores import bootstrap, half_years, totals

YEARS = 5  # calendar years of a tested block
PRIOR = 0.1  # log odds that a standard deviation of a term is expected to move a chance by, before looking
REPEATED = 20.0  # looks that are worth one: as in the fit of the bubble's factor
FEWEST = 3000  # looks known before a block below which nothing is added
_EDGE = 1e-4


def logit(chance):
    """Return log odds, of chances kept from 0 and 1."""
    held = np.clip(chance, _EDGE, 1 - _EDGE)
    return np.log(held / (1 - held))


def odds_to_chance(z):
    """Return the chance of log odds."""
    return 1.0 / (1.0 + np.exp(-np.clip(z, -30.0, 30.0)))


def walked(look, chance, terms, weight, prior=None):
    """Return the chance with terms added to its log odds, each block fitted to what was known before it.

    Parameters
    ----------
    look : Cell
        What followed, and when it was known.
    chance : array, shape (n,)
        As stated without the terms.
    terms : array, shape (n, k)
        One that is not known counts as the mean.
    weight : array, shape (n,)
        Of each look.
    prior : tuple of float, optional
        Coefficient before looking, and its weight, of terms that are taken as they are; default 0 and that of
        `PRIOR`, for terms standardised by what was known.
    """
    out = chance.copy()
    for start in range(look.year.min() // YEARS * YEARS, look.year.max() + 1, YEARS):
        before, rows = look.known_before(start), (look.year >= start) & (look.year < start + YEARS)
        if before.sum() < FEWEST or not rows.any():
            continue
        z = _standard(terms, before) if prior is None else terms
        if prior is not None:  # a look without any of the terms tells nothing of them
            before &= (terms != 0).any(axis=1)
        given = (z[before], look.followed[before], logit(chance[before]), weight[before])
        theta = added(*given, *(prior or (0.0, REPEATED / PRIOR**2)))
        out[rows] = odds_to_chance(logit(chance[rows]) + z[rows] @ theta)
    return out


def _standard(terms, before):
    """Return terms in standard deviations of what was known."""
    mean, scale = np.nanmean(terms[before], axis=0), np.nanstd(terms[before], axis=0) + 1e-9
    return np.clip(np.nan_to_num((terms - mean) / scale), -4.0, 4.0)


def added(z, y, offset, weight, centre, penalty, steps=8):
    """Return coefficients of terms beside an offset, drawn to a centre."""
    theta = np.full(z.shape[1], centre)
    for _ in range(steps):
        p = odds_to_chance(offset + z @ theta)
        slope = z.T @ (weight * (y - p)) - penalty * (theta - centre)
        curve = (z * (weight * p * (1 - p))[:, None]).T @ z + penalty * np.eye(theta.size)
        step = np.linalg.solve(curve, slope)
        theta += step
        if np.abs(step).max() < 1e-6:
            break
    return theta


def recalibrated(look, chance):
    """Return the chance with level and slope of its log odds fitted to what was known before each year."""
    out, base = chance.copy(), np.column_stack([np.ones_like(chance), logit(chance)])
    for year in np.unique(look.year):
        before, rows = look.known_before(year), look.year == year
        if before.sum() >= FEWEST:
            out[rows] = odds_to_chance(base[rows] @ logit_fit(base[before], look.followed[before]))
    return out


class Cell:
    """One size and horizon at the looks whose outcome is known."""

    def __init__(self, frame, followed, horizon):
        self.rows = np.flatnonzero(~np.isnan(followed))
        part = frame.iloc[self.rows]
        self.followed = followed[self.rows]
        self.year = part["date"].dt.year.to_numpy()
        self.half_year = half_years(part["date"].to_numpy())
        self._known = part[f"known_{horizon}"].to_numpy()

    def known_before(self, year):
        """Return which outcomes were known before a year."""
        return self._known < np.datetime64(f"{year}-01-01")

    def half(self, which):
        """Return every other block of four calendar years from 1950, half a year left out at each border."""
        since = self.half_year - 2 * (1950 - 1970)
        inside = (since % 8 != 0) & (since % 8 != 7)
        return (since >= 0) & (since // 8 % 2 == which) & inside & (self.year < 2020)

    @property
    def scored(self):
        """Return the looks that are scored: 1950 to 2019."""
        return (self.year >= 1950) & (self.year < 2020)

    def gain(self, loss, chance, reference, rows, draws=499):
        """Return the change of a score in percent of it, an estimate with its interval."""
        y, part = self.followed[rows], [one[rows] for one in (reference, chance)]
        without, with_ = (loss(p, y) for p in part)
        sums = totals(self.half_year[rows], np.column_stack([without - with_, without]))
        return bootstrap(sums, lambda s: 100.0 * s[..., 0] / s[..., 1], draws)
