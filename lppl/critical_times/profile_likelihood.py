"""The critical time with its uncertainty: modified profile likelihood, per window and over windows."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl._kernels import profile as _profile
from lppl.core.series import check
from lppl.critical_times.profile_nodes import OMEGA, SSE, TC, M, ProfileNodes
from lppl.critical_times.tc_density import CriticalTime
from lppl.critical_times.tc_profile import TcProfile
from lppl.fitting.box import Box, grid_maps
from lppl.fitting.space import SearchSpace, as_space
from lppl.fitting.window_fits import WindowFits
from lppl.fitting.windows import fit_checked
from lppl.indicators.presets import PRESETS, Filter

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
    space = as_space(space)
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
    low, high = windows.space.horizons(windows.t2 - windows.t1)
    if (low == high).any():
        k = int(np.argmax(low == high))
        raise ValueError(f"space must leave tc free, got the single horizon {low[k]:g}")
    fitted = np.unique(windows.length[windows.success])
    starts = _grid_starts(windows, fitted) if fitted.size else {}
    return tuple(
        _profile_window(windows, k, low[k], high[k], starts[n], independent) if good else None
        for k, (n, good) in enumerate(zip(windows.length.tolist(), windows.success, strict=True))
    )


def _grid_starts(
    windows: WindowFits, lengths: NDArray[np.int64]
) -> dict[int, list[tuple[float, NDArray[np.float64]]]]:
    """Return, by window length, (horizon, rows of (m, omega)) of the grid's basins at every horizon."""
    t, y = windows.prices.t - windows.prices.t[-1], windows.prices.y - windows.prices.y[-1]
    box = Box.over(windows.space, -t[t.size - lengths])
    best, power = (maps[0] for maps in grid_maps(t, y[None], lengths, box))
    horizons, *rest = box.lattice
    found: dict[int, list[tuple[float, NDArray[np.float64]]]] = {int(n): [] for n in lengths}
    for k, rows in enumerate(found.values()):
        for h in range(box.first[k], box.last[k] + 1):
            starts = np.empty((_STARTS, 2))
            count = _profile.row_starts(best[k, h], power[k, h], *rest, starts)
            rows.append((float(horizons[h]), starts[:count]))
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
