"""Boosted trees on everything that was known at a look: a yardstick of what such terms could reach."""

import numpy as np
import reach_terms
from reach_walk import FEWEST, YEARS, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from scanners.risk.surface import trend_terms

SETTINGS = {
    "max_iter": 60,
    "learning_rate": 0.06,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 400,
    "l2_regularization": 50.0,
    "early_stopping": False,
    "random_state": 0,
}
APART = 2  # calendar years on either side of a block that are left out where both sides are known


def trees(panel, told):
    """Return what trees change against the shipped chances, walking forward and with both sides known."""
    found = {}
    groups = reach_terms.terms(panel.shared, panel.frame).values()
    features = panel.looks.features
    known = np.column_stack([*groups, features.logs, features.ratio, features.peak, trend_terms(features)])
    for name, cell in panel.cells.items():
        stated = [panel.of(name, panel.arrays[part]) for part in ("plain", "usual")]
        given = np.column_stack([known[cell.rows], *(logit(one) for one in stated)])
        weight = panel.weight[cell.rows]
        found[name] = {
            label: told(panel, name, _stated(cell, given, stated[0], weight, both))
            for label, both in (("walking forward", False), ("both sides known", True))
        }
    return found


def _stated(cell, given, chance, weight, both):
    """Return the chances of trees, each block by a fit without it; the stated one before there are enough."""
    out = chance.copy()
    for start in range(1950, 2020, YEARS):
        rows = (cell.year >= start) & (cell.year < start + YEARS)
        far = (cell.year < start - APART) | (cell.year >= start + YEARS + APART)
        fitted = far if both else cell.known_before(start)
        if fitted.sum() >= FEWEST and rows.any():
            model = HistGradientBoostingClassifier(**SETTINGS)
            with threadpool_limits(1):  # threads that wait for each other take minutes on a busy machine
                model.fit(given[fitted], cell.followed[fitted], sample_weight=weight[fitted])
                out[rows] = model.predict_proba(given[rows])[:, 1]
    return out
