"""How many lagged differences a regression needs: the Bayesian criterion on the whole series."""

import numpy as np

BIC = "bic"
MOST = 6  # lags tried, as Phillips, Shi & Yu do


def bic_lags(levels: np.ndarray, most: int = MOST) -> int:
    """Return the number of lagged differences, 0 to ``most``, with the smallest Bayesian criterion.

    Parameters
    ----------
    levels : numpy.ndarray, shape (n,)
        Finite levels. All orders are compared on the rows that the largest leaves; series of fewer than
        ``4 most`` values try a quarter as many as they hold.
    most : int
        Most lags.

    Notes
    -----
    The regressions are those of the null, without the level: with it a bubble would ask for lags of its own.
    """
    steps = np.diff(levels)
    most = min(most, len(levels) // 4)
    after = steps[most:]
    scores = []
    for lags in range(most + 1):
        lagged = [steps[most - j : len(steps) - j] for j in range(1, lags + 1)]
        columns = np.column_stack([np.ones_like(after), *lagged])
        left = after - columns @ np.linalg.lstsq(columns, after, rcond=None)[0]
        squares = max(float(left @ left), np.finfo(float).tiny)
        scores.append(len(after) * np.log(squares / len(after)) + lags * np.log(len(after)))
    return int(np.argmin(scores))
