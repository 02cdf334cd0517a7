"""LPPLS with AR(1)-GARCH(1,1) errors by likelihood, against power law, exponential trend and random walk."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl.core.series import Prices, check
from lppl.diagnostics.curve_search import CURVES, PARAMETERS, CurveSearch, Optimum
from lppl.diagnostics.error_results import ErrorCurve, ErrorModel, LikelihoodRatio, ParameterProfile, bic
from lppl.diagnostics.shock_variance import Shocks, fewest_prices, fit_shocks, shocks_of
from lppl.fitting.refits import p_value
from lppl.fitting.space import SearchSpace, as_space

SPACE = SearchSpace(m=(0.0, 1.0), omega=(2.0, 25.0), horizon_fraction=(0.0, 0.2))
_TOGETHER = 16  # paths a thread scans at once
Optima = tuple[Optimum, Optimum, Optimum, Optimum]


def error_model(
    prices: Any,
    *,
    end: Any = None,
    length: int | None = None,
    space: SearchSpace | None = None,
    time: str = "trading",
    shocks: str = "garch",
    resamples: int = 199,
    seed: int = 0,
    n_jobs: int = 1,
) -> ErrorModel:
    """Fit LPPLS and three simpler curves with autocorrelated errors, and test LPPLS against each.

    The log-price is a curve plus AR(1) errors. The curves are nested where the box holds m = 1: a random walk
    with drift (errors of a unit root around a line), an exponential trend, a power law, the LPPLS.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices, dates strictly increasing.
    end : date or int, optional
        Last date (or position) read; default the last price.
    length : int, optional
        Observations up to ``end``; default all.
    space : SearchSpace, optional
        The box, with tc not before the last price; default m [0, 1], omega [2, 25], tc within 0.2 lengths.
        Its damping is not asked for.
    time : {"trading", "calendar"}
        Time unit: observations or calendar days. Errors are AR(1) from observation to observation in both.
    shocks : {"garch", "constant"}
        Variance of the shocks: GARCH(1,1)-t fitted once to the log-returns, whose variances then weigh the
        likelihood of every curve; or constant.
    resamples : int
        Simulated series for each test; 0 leaves the tests out.
    seed : int
        Seed of the draws.
    n_jobs : int
        Threads; the result does not depend on it.

    Returns
    -------
    ErrorModel

    Raises
    ------
    ValueError
        If an argument breaks a rule, or the GARCH likelihood has no maximum that can be found.

    Notes
    -----
    The constant is integrated out under a flat prior, so that the likelihood is that of the log-returns and
    has no jump at the unit root [1]_. Generalised least squares gives the linear parameters, and the
    coefficient of the errors is profiled at every (tc, m, omega). Each simulated series is a draw of the
    simpler curve with its errors, and goes through the GARCH fit and the search again: tc, m and omega do not
    exist in a random walk, and the chi-squared table does not hold. A simpler curve has the ones before it as
    cases, hence its p-value is the largest over draws of all of them. Intervals end where the statistic
    reaches the quantile of draws of the fitted LPPLS.

    References
    ----------
    .. [1] Francke & de Vos (2007), Marginal likelihood and unit roots, Journal of Econometrics 137,
       708-728. (Quoted from memory.)
    """
    checked = check(prices, time)
    last = checked.position(end)
    n = last + 1 if length is None else length
    fewest = fewest_prices(shocks)
    if not fewest <= n <= last + 1:
        raise ValueError(
            f"length must lie between {fewest} (for shocks={shocks!r}) and {last + 1} prices, got {n}"
        )
    if resamples < 0:
        raise ValueError(f"resamples must not be negative, got {resamples}")
    t, y = checked.t[last + 1 - n : last + 1], checked.y[last + 1 - n : last + 1]
    search = CurveSearch(t, SPACE if space is None else as_space(space))
    found_shocks = shocks_of(y, shocks)
    weights = found_shocks.weights
    (optima,) = search.all_curves(y[None], weights[None])
    tests: tuple[LikelihoodRatio, ...] = ()
    own = np.empty((0, 3))
    if resamples:
        drawn = []
        for null in range(3):
            rng = np.random.default_rng((seed, null))
            paths = draw_null(search, y, found_shocks, null, optima[null], resamples, rng)
            drawn.append(statistics(search, paths, shocks, n_jobs))
        tests = tuple(_test(null, optima, drawn) for null in range(3))
        rng = np.random.default_rng((seed, 3))
        paths = draw_null(search, y, found_shocks, 3, optima[3], resamples, rng)
        own = own_statistics(search, paths, optima[3].point, shocks, n_jobs)
    return _result(checked, last, search, y, found_shocks, optima, tests, own)


def draw_null(
    search: CurveSearch,
    y: NDArray[np.float64],
    shocks: Shocks,
    null: int,
    found: Optimum,
    paths: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return (paths, n) log-prices of a simpler curve (its place in `CURVES`) with its errors."""
    linear, variance = search.linear(y, shocks.weights, null, found)
    steps = math.sqrt(variance) * shocks.draw(paths, rng)
    rho = 1.0 - found.ease
    errors = np.zeros((paths, y.size))
    if found.ease > 0.0:
        level = variance * shocks.variances.mean() / (1.0 - rho * rho)
        errors[:, 0] = rng.normal(0.0, math.sqrt(level), paths)
    for i in range(1, y.size):
        errors[:, i] = rho * errors[:, i - 1] + steps[:, i - 1]
    return search.curve(null, found, linear) + errors


def statistics(
    search: CurveSearch, paths: NDArray[np.float64], shocks: str, n_jobs: int = 1
) -> NDArray[np.float64]:
    """Return (paths, 3) likelihood-ratio statistics of LPPLS against the simpler curves."""

    def of_path(y: NDArray[np.float64], w: NDArray[np.float64], optima: Optima) -> list[float]:
        return [2.0 * (simpler.loss - optima[3].loss) for simpler in optima[:3]]

    return _refitted(search, paths, shocks, of_path, n_jobs)


def own_statistics(
    search: CurveSearch,
    paths: NDArray[np.float64],
    point: NDArray[np.float64],
    shocks: str,
    n_jobs: int = 1,
) -> NDArray[np.float64]:
    """Return (paths, 3) likelihood-ratio statistics of the true tc, m and omega, ``point``, each alone."""

    def of_path(y: NDArray[np.float64], w: NDArray[np.float64], optima: Optima) -> list[float]:
        return held_statistics(search, y, w, optima[3], point)

    return _refitted(search, paths, shocks, of_path, n_jobs)


def held_statistics(
    search: CurveSearch,
    y: NDArray[np.float64],
    w: NDArray[np.float64],
    best: Optimum,
    point: NDArray[np.float64],
) -> list[float]:
    """Return the likelihood-ratio statistics of tc, m and omega at ``point``, each held alone."""
    losses = search.scan(y[None], w[None], 3)[0]
    return [2.0 * (search.fixed(y, w, axis, point[axis], losses, best) - best.loss) for axis in range(3)]


def _refitted(
    search: CurveSearch,
    paths: NDArray[np.float64],
    shocks: str,
    of_path: Callable[[NDArray[np.float64], NDArray[np.float64], Optima], list[float]],
    n_jobs: int,
) -> NDArray[np.float64]:
    """Return three numbers of every path's own fits, NaN where GARCH has no maximum."""
    from joblib import Parallel, delayed

    def some(part: NDArray[np.float64]) -> NDArray[np.float64]:
        fitted = {k: one.weights for k, y in enumerate(part) if (one := fit_shocks(y, shocks)) is not None}
        values = np.full((len(part), 3), np.nan)
        if fitted:
            curves = search.all_curves(part[list(fitted)], np.array(list(fitted.values())))
            for (k, w), optima in zip(fitted.items(), curves, strict=True):
                values[k] = of_path(part[k], w, optima)
        return values

    parts = [paths[k : k + _TOGETHER] for k in range(0, len(paths), _TOGETHER)]
    return np.concatenate(Parallel(n_jobs=n_jobs, prefer="threads")(delayed(some)(part) for part in parts))


def _test(null: int, optima: Optima, drawn: list[NDArray[np.float64]]) -> LikelihoodRatio:
    """Return LPPLS against one curve: the largest p-value over it and its cases, the curves before it."""
    observed = 2.0 * (optima[null].loss - optima[3].loss)
    p_values = [p_value(observed, values[:, null], "upper") for values in drawn[: null + 1]]
    source = int(np.argmax(p_values))
    return LikelihoodRatio(CURVES[null], CURVES[source], observed, p_values[source], drawn[source][:, null])


def _result(
    checked: Prices,
    last: int,
    search: CurveSearch,
    y: NDArray[np.float64],
    shocks: Shocks,
    optima: Optima,
    tests: tuple[LikelihoodRatio, ...],
    own: NDArray[np.float64],
) -> ErrorModel:
    """Return the optima in the units of the prices, with the profiles of the LPPLS."""
    returns, end = y.size - 1, float(checked.t[last])
    constant = 0.5 * returns * (math.log(2.0 * math.pi) + 1.0)
    curves = []
    for k, found in enumerate(optima):
        (A, B, C1, C2), variance = search.linear(y, shocks.weights, k, found)
        height = -found.loss - constant
        nan = math.nan
        shape = (nan, nan, nan, nan) if k < 2 else (A, B, C1 if k == 3 else nan, C2 if k == 3 else nan)
        tc, m, omega = found.point
        curves.append(
            ErrorCurve(
                CURVES[k],
                height,
                bic(height, PARAMETERS[k], returns),
                PARAMETERS[k],
                1.0 - found.ease,
                math.sqrt(variance),
                float(B) if k < 2 else nan,
                float(tc) + end,
                float(m),
                float(omega),
                *map(float, shape),
            )
        )
    profiles = {}
    for axis, name in enumerate(("tc", "m", "omega")):
        values, losses = search.profile(y, shocks.weights, axis, optima[3])
        values = values + end if name == "tc" else values
        profiles[name] = ParameterProfile(name, values, losses.min() - losses, own[:, axis])
    return ErrorModel(tuple(curves), tests, profiles, shocks, y.size, end, checked.time, checked.dates)
