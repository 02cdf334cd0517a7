"""Boosted trees on everything that was known at a look: a yardstick of what such terms could reach.

Few and coarse trees, so that the fits of all blocks take a minute of processor time.
"""

import numpy as np
import reach_terms
from reach_walk import FEWEST, YEARS, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from scanners.risk.surface import trend_terms

SETTINGS = {
    "max_iter": 30,
    "learning_rate": 0.12,
    "max_bins": 64,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 400,
    "l2_regularization": 50.0,
    "early_stopping": False,
    "random_state": 0,
}


def trees(panel, told):
    """Return what trees change against the shipped chances, walking forward."""
    found = {}
    groups = reach_terms.terms(panel.shared, panel.frame).values()
    features = panel.looks.features
    known = np.column_stack([*groups, features.logs, features.ratio, features.peak, trend_terms(features)])
    for name, cell in panel.cells.items():
        stated = [panel.of(name, panel.arrays[part]) for part in ("plain", "usual")]
        given = np.column_stack([known[cell.rows], *(logit(one) for one in stated)])
        weight = panel.weight[cell.rows]
        found[name] = told(panel, name, boosted(cell, given, stated[0], weight))
    return found


def boosted(cell, given, chance, weight, settings=SETTINGS):
    """Return the chances of trees, blocks fitted to what was known; the stated one before there are enough.

    Parameters
    ----------
    cell : Cell
    given : array, shape (n, k)
        What was known at each look; NaN where not.
    chance, weight : array, shape (n,)
        As stated without trees; of each look in the fit.
    settings : dict
        Of the classifier.
    """
    out = chance.copy()
    with threadpool_limits(1):  # threads that wait for each other take an hour on a busy machine
        for start in range(1950, 2020, YEARS):
            before, rows = cell.known_before(start), (cell.year >= start) & (cell.year < start + YEARS)
            if before.sum() >= FEWEST and rows.any():
                model = HistGradientBoostingClassifier(**settings)
                model.fit(given[before], cell.followed[before], sample_weight=weight[before])
                out[rows] = model.predict_proba(given[rows])[:, 1]
    return out
