"""The critical time with its uncertainty: modified profile likelihood, per window and over windows."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl import _grid, _profile
from lppl.presets import PRESETS, Filter
from lppl.profile_nodes import OMEGA, SSE, TC, M, ProfileNodes
from lppl.series import check
from lppl.space import SearchSpace, exponent_nodes, frequency_lanes, horizon_nodes
from lppl.tc_density import CriticalTime
from lppl.tc_profile import TcProfile
from lppl.windows import WindowFits, fit_checked

AUTOCORRELATIONS = ("ar1", "ignore")
_INTERVALS = 200  # between the first nodes, at most; these are never closer than a time unit
_STARTS = 3  # grid basins tried at a critical time


def critical_time(
    prices: Any,
    *,
    end: Any = None,
    lengths: Iterable[int] | None = None,
    space: SearchSpace | None = None,
    time: str = "trading",
    scale: str = "log",
    autocorrelation: str = "ar1",
    filter: Filter | None = None,
) -> CriticalTime:
    """Return how well the data determine tc: its profile likelihood in every window, and over windows.

    At every tc the other parameters are fitted again inside the box. The modified profile likelihood
    corrects for having fitted them. Windows are averaged with equal weight, each likelihood scaled to
    unit area (a flat prior over the window's box), into one distribution of tc.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices, dates strictly increasing.
    end : date or int, optional
        Last date (or position) of every window; default the last price.
    lengths : iterable of int, optional
        Window lengths in observations; default 750, 725, ... 125 as far as the data reach, all of them
        where there are fewer than 125.
    space : SearchSpace, optional
        The box; default m [0, 2], omega [1, 50], tc within 0.2 window lengths of t2.
    time : {"trading", "calendar"}
        Time unit: observations or calendar days.
    scale : {"log", "price"}
        Whether log-prices or prices are fitted.
    autocorrelation : {"ar1", "ignore"}
        The published formula takes residuals for independent (``"ignore"``), which prices never grant:
        its 95% intervals then hold the true tc far less often. ``"ar1"`` multiplies the log-likelihood
        by ``(1 - r)/(1 + r)``, r the residuals' lag-one autocorrelation: as many independent
        observations as hold the same information on a slowly changing quantity.
    filter : Filter, optional
        Only windows whose best fit passes enter the distribution over windows.

    Returns
    -------
    CriticalTime

    Raises
    ------
    ValueError
        If an argument breaks a rule; the message names it.

    References
    ----------
    .. [1] Filimonov, Demos & Sornette (2017), Quantitative Finance 17, 1167-1186.
    """
    if autocorrelation not in AUTOCORRELATIONS:
        raise ValueError(
            f"autocorrelation must be one of {', '.join(AUTOCORRELATIONS)}, got {autocorrelation!r}"
        )
    space = space or SearchSpace()
    checked = check(prices, time, scale)
    last = checked.position(end)
    if lengths is None:
        lengths = PRESETS["daily"].available(last + 1) or (last + 1,)
    windows = fit_checked(checked, last, lengths, space)
    profiles = profile_windows(windows, independent=autocorrelation == "ignore")
    included = windows.success if filter is None else filter.passes(windows)
    return CriticalTime(windows, profiles, tuple(bool(use) for use in included))


def profile_windows(windows: WindowFits, *, independent: bool = False) -> tuple[TcProfile | None, ...]:
    """Return the tc profile of every fitted window, None where the fit failed.

    ``independent`` takes the residuals for independent; see :func:`critical_time`.
    """
    space, t, y = windows.space, windows.prices.t, windows.prices.y
    spans = windows.t2 - windows.t1
    low, high = space.horizons(spans)
    if (low == high).any():
        k = int(np.argmax(low == high))
        raise ValueError(f"space must leave tc free, got the single horizon {low[k]:g}")
    fitted = np.unique(windows.length[windows.success])
    if fitted.size == 0:
        return (None,) * len(windows)
    starts = dict(zip(fitted.tolist(), _grid_starts(t - t[-1], y - y[-1], fitted, space), strict=True))
    return tuple(
        _profile_window(windows, k, low[k], high[k], starts[n], independent) if good else None
        for k, (n, good) in enumerate(zip(windows.length.tolist(), windows.success, strict=True))
    )


def _grid_starts(
    t: NDArray[np.float64], y: NDArray[np.float64], lengths: NDArray[np.int64], space: SearchSpace
) -> list[list[tuple[float, NDArray[np.float64]]]]:
    """Return, for every window, (horizon, rows of (m, omega)) of the grid's basins at every horizon."""
    low, high = space.horizons(t[-1] - t[t.size - lengths])
    horizons = horizon_nodes(low.min(), high.max())
    powers = exponent_nodes(*space.m)
    step, lanes = frequency_lanes(*space.omega)
    best, power = np.empty((2, lengths.size, horizons.size, lanes))
    reach_low = horizons[np.maximum(np.searchsorted(horizons, low, side="right") - 1, 0)]
    reach_high = horizons[np.minimum(np.searchsorted(horizons, high, side="left"), horizons.size - 1)]
    _grid.grid(t, y, lengths, reach_low, reach_high, horizons, powers, space.omega[0], step, best, power)
    found = []
    for k in range(lengths.size):
        rows = []
        for h, horizon in enumerate(horizons):
            starts = np.empty((_STARTS, 2))
            count = _profile.row_starts(best[k, h], power[k, h], powers, space.omega[0], step, starts)
            rows.append((float(horizon), starts[:count]))
        found.append(rows)
    return found


def _profile_window(
    windows: WindowFits,
    k: int,
    low: float,
    high: float,
    rows: list[tuple[float, NDArray[np.float64]]],
    independent: bool,
) -> TcProfile:
    """Return one window's profile; ``low``, ``high`` and the grid's ``rows`` are relative to t2."""
    n, end = int(windows.length[k]), float(windows.t2[k])
    best = np.array([windows.tc[k] - end, windows.m[k], windows.omega[k]])
    window = ProfileNodes(
        windows.prices.t[-n:] - end, windows.prices.y[-n:] - windows.prices.y[-1], windows.space
    )
    even = np.linspace(low, high, int(np.clip(np.ceil(high - low), 2, _INTERVALS)) + 1)
    tc = np.unique(np.append(even, best[0]))
    starts = [np.empty((0, 2)) for _ in tc]
    for horizon, row in [(best[0], best[None, 1:]), *rows]:
        nearest = int(np.abs(tc - horizon).argmin())
        starts[nearest] = np.concatenate([starts[nearest], row])
    nodes = window.minimise(tc, starts, sweep=True)
    lowest = nodes[nodes[:, SSE].argmin()]
    if lowest[SSE] < windows.sse[k]:
        best = lowest[[TC, M, OMEGA]]
    r = window.residual_ar1(best)
    weight = 1.0 if independent else min((1.0 - r) / (1.0 + r), 1.0)
    window.modify(nodes, best)
    nodes = window.densify(nodes, best, weight)
    plain, modified = window.log_likelihoods(nodes, weight)
    return TcProfile(
        length=n,
        t1=float(windows.t1[k]),
        t2=end,
        best=float(nodes[nodes[:, SSE].argmin(), TC]) + end,
        tc=nodes[:, TC] + end,
        sse=nodes[:, SSE],
        m=nodes[:, M],
        omega=nodes[:, OMEGA],
        log_likelihood=modified,
        log_profile=plain,
        residual_ar1=r,
        weight=weight,
        time=windows.prices.time,
        dates=windows.prices.dates,
    )
