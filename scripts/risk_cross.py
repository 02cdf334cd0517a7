"""Chances of looks that had no part in the fit: half-years left out with what touches them, and whole kinds.

A half-year is left out together with the two before it, whose outcomes reach into it, and the two after, so
that the fit has both sides but nothing that overlaps. The bubble's k has no prior here: it is what the other
half-years say. Each fit is one Newton step from that of all looks, exact but for terms of third order.
"""

import numpy as np
from risk_fit import mean_class

from scanners.risk.scores import half_years
from scanners.risk.surface import NAMES, OWN, Surface
from scanners.risk.surface_fit import fit, prior, ridge, scored

EMBARGO = 2  # half-years on either side
FREE = 0.01  # weight of the prior of k: none to speak of


def weights(kinds):
    """Return the weight of the prior for each coefficient with k left to the data."""
    found = ridge(kinds)
    found[len(NAMES)] = FREE
    return found


def by_half_year(sample, dates, every):
    """Return chances with and without the bubble at every look, and the range of k."""
    blocks, place = np.unique(half_years(dates), return_inverse=True)
    used = np.zeros(dates.size, bool)
    used[::every] = True
    weight = weights(sample.kinds)
    theta = fit(sample.select(np.flatnonzero(used)), weight=weight)
    parts = []
    for block in range(blocks.size):
        _, each, information = scored(sample.select(np.flatnonzero(used & (place == block))), theta)
        parts.append((each.sum(axis=0), information))
    slopes, fisher = (np.stack(part) for part in zip(*parts, strict=True))
    chance, plain, k = np.empty_like(sample.loss), np.empty_like(sample.loss), []
    for block, when in enumerate(blocks):
        kept = np.abs(blocks - when) > EMBARGO
        gradient = slopes[kept].sum(axis=0) - weight * (theta - prior(sample.kinds))
        mine = theta + np.linalg.solve(fisher[kept].sum(axis=0) + np.diag(weight), gradient)
        rows = np.flatnonzero(place == block)
        chance[rows], plain[rows] = stated(sample.select(rows), mine)
        k.append(mine[len(NAMES)])
    return chance, plain, k


def by_kind(sample, every):
    """Return chances with and without the bubble at every look, each class left out in turn."""
    chance, plain = np.empty_like(sample.loss), np.empty_like(sample.loss)
    weight, used = weights(sample.kinds), np.zeros(len(sample.trend), bool)
    used[::every] = True
    for kind in range(sample.kinds):
        mine = sample.kind == kind
        rest = sample.select(np.flatnonzero(used & ~mine))
        theta = fit(rest, weight=weight)
        own = theta[len(NAMES) + 1 :].reshape(sample.kinds, -1)
        own[kind] = mean_class(own, np.bincount(rest.kind, rest.weight, sample.kinds))
        chance[mine], plain[mine] = stated(sample.select(np.flatnonzero(mine)), theta)
    return chance, plain


def stated(sample, theta):
    """Return the chances of a sample by fitted coefficients, with and without the bubble."""
    n, k = len(sample.trend), len(NAMES)
    coefficients = np.tile(theta[:k], (n, 1))
    coefficients[:, OWN] += theta[k + 1 :].reshape(sample.kinds, -1)[sample.kind]
    surface = Surface(coefficients, np.full(n, theta[k]), np.zeros((n, 3)), np.zeros((n, 5)))
    cells = (sample.loss, sample.horizons, sample.volatility)
    plain = surface.chances(*cells, sample.trend)
    return surface.raised(plain, *cells, sample.trend, sample.confidence), plain
