"""Is this a bubble, and when does it end? One posterior over starts, curves and errors of given returns."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl.core.series import check
from lppl.diagnostics.posterior_results import BubblePosterior
from lppl.diagnostics.shock_variance import FEWEST, fewest_prices, shocks_of
from lppl.diagnostics.start_evidence import EASES, start_evidence, walk_evidence
from lppl.fitting.space import SearchSpace, as_space

SPACE = SearchSpace(m=(0.1, 0.9), omega=(2.0, 25.0), horizon_fraction=(0.0, 0.2))
LENGTHS = tuple(range(750, 124, -25))


def bubble_posterior(
    prices: Any,
    *,
    end: Any = None,
    lengths: Iterable[int] = LENGTHS,
    space: SearchSpace | None = None,
    prior: float = 0.5,
    shocks: str = "garch",
) -> BubblePosterior:
    """Return the probability of a bubble, and of its critical time, averaged over its possible starts.

    Nested windows share data: their likelihoods, each of another number of prices, are not weights. Here the
    length of a window is a parameter, the start of the bubble. Before it log-prices are a random walk with
    drift, from it on an LPPLS curve with AR(1) errors. Each start then gives a likelihood of the same
    returns, those of the longest window, and the starts have weights that sum to 1.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices; time counts observations.
    end : date or int, optional
        Last date (or position) read; default the last price.
    lengths : iterable of int
        Observations from each possible start to the end, equally likely a priori; default 750, 725, ... 125.
        The longest sets the data.
    space : SearchSpace, optional
        The box, with tc not before the last price, on which (tc, m, omega) are uniform a priori; default
        m [0.1, 0.9], omega [2, 25], tc within 0.2 lengths. Its damping is not asked for.
    prior : float
        Probability of a bubble before the data are seen; ``log_bayes_factor`` does without it.
    shocks : {"garch", "constant"}
        Variance of the shocks, as in :func:`lppl.error_model`.

    Returns
    -------
    BubblePosterior

    Raises
    ------
    ValueError
        If an argument breaks a rule, or the GARCH likelihood has no maximum that can be found.

    Notes
    -----
    The other side are prices without a bubble: in half of its prior probability a random walk with drift
    throughout, in the other half one whose growth changes at the same possible starts to a straight line with
    AR(1) errors. What a line or a power law gains is normal a priori with once, three times or nine times the
    standard deviation of a walk over its time, and an oscillation with half the power law's over omega.
    Linear parameters and the shocks' variance are integrated out exactly, (tc, m, omega) over cells that are
    halved where the evidence lies, rho over eight values from 1 to 0.36. ``docs/bubble_posterior.md`` has the
    measured calibration.

    References
    ----------
    .. [1] Kass & Raftery (1995), Bayes factors, J. American Statistical Association 90, 773-795.
    .. [2] Francke & de Vos (2007), Marginal likelihood and unit roots, Journal of Econometrics 137,
       708-728. (Quoted from memory.)
    """
    space = SPACE if space is None else as_space(space)
    if not 0.0 < prior < 1.0:
        raise ValueError(f"prior must lie between 0 and 1, got {prior}")
    fewest = fewest_prices(shocks)
    checked = check(prices)
    last = checked.position(end)
    wanted = np.unique(np.array(list(lengths)))[::-1]
    if wanted.size == 0 or wanted.dtype.kind not in "iu":
        raise ValueError(
            f"lengths must name at least one whole number of observations, got {wanted.tolist()}"
        )
    if wanted[-1] < FEWEST or not fewest <= wanted[0] <= last + 1:
        raise ValueError(
            f"lengths must be at least {FEWEST}, the longest between {fewest} (for shocks={shocks!r}) and "
            f"{last + 1} prices, got {wanted[-1]} to {wanted[0]}"
        )
    if space.horizons(np.array([wanted[-1] - 1.0]))[0][0] < 0.0:
        raise ValueError(f"space must keep tc at or after the last price, got {space}")
    y = checked.y[last + 1 - wanted[0] : last + 1]
    return averaged(
        y, shocks_of(y, shocks).weights, wanted, space, prior, float(checked.t[last]), checked.dates
    )


def averaged(
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
    lengths: NDArray[np.int64],
    space: SearchSpace,
    prior: float,
    t2: float,
    dates: Any = None,
    eases: NDArray[np.float64] = EASES,
) -> BubblePosterior:
    """Return the posterior of log-prices ``y`` with known inverse variances, ``lengths`` decreasing."""
    starts = [start_evidence(y, weights, y.size - int(n), space, eases) for n in lengths]
    ahead, left = walk_evidence(y, weights[1:])
    walk = ahead - 0.5 * (y.size - 1) * math.log(left)
    return BubblePosterior(
        prior=prior,
        lengths=lengths,
        starts=tuple(starts),
        log_bubble=np.array([one.log_bubble for one in starts]),
        log_trend=np.array([one.log_trend for one in starts]),
        log_walk=walk,
        eases=eases,
        space=space,
        t2=t2,
        dates=dates,
    )
