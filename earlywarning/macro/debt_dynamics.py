"""Debt dynamics ``d' = (r - g) d - pb(d)``: stable debt, the limit beyond which debt runs away."""

from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from earlywarning._kernels.feedback import long_run_fit
from earlywarning.core.input_checks import Series
from earlywarning.core.null_refits import upper_share
from earlywarning.macro.debt_outlook import DebtLimit, Interval
from earlywarning.macro.debt_roots import around, limit_quantiles, root_interval, roots, slope_at
from earlywarning.macro.debt_table import as_record
from earlywarning.macro.fiscal_reaction import Reaction, Record, fit_reaction, null_p_value, simulate


def debt_limit(
    debt: Series,
    balance: Series,
    *,
    growth: Series | None = None,
    controls: Any = None,
    dt: float = 1.0,
    degree: int = 3,
    errors: str = "ar1",
    recent: float = 10.0,
    confidence: float = 0.95,
    replications: int = 499,
    seed: int = 0,
    n_jobs: int = 1,
) -> DebtLimit:
    """Estimate how the primary balance reacts to debt, and the debt limit that follows.

    Parameters
    ----------
    debt : pandas.Series or array of shape (n + 1,)
        Debt in per cent of GDP at the end of each period.
    balance : pandas.Series or array of shape (n,) or (n + 1,)
        Primary balance in per cent of GDP, at an annual rate; NaN where it is not known. Two series are
        joined on the labels of debt (the balance reacts to the debt one row earlier); of two arrays of equal
        length the first balance is left out.
    growth : the same as balance, optional
        Interest rate less growth, as a fraction per unit of time (0.01 for one per cent), whose mean over the
        last years holds for the future. Without it the one that debt and balance imply, stock-flow
        adjustments included, which simulated histories follow in any case.
    controls : pandas.DataFrame or array, optional
        Other causes of the balance, such as the output gap, in the rows of the balance.
    dt : float
        Length of a period in the unit of ``growth``: 1 for years, 0.25 for quarters.
    degree : {3, 2}
        Of the reaction.
    errors : {"ar1", "hac"}
        Maximum likelihood with AR(1) errors, or least squares with a long-run covariance.
    recent : float
        Units of time at the end whose mean ``r - g`` holds for the future.
    confidence : float
        Level of the intervals; one minus it is the size of the tests.
    replications : int
        Simulated histories for each p-value and for the bootstrap interval.
    seed, n_jobs : int
        Seed and threads; threads do not change the numbers.

    Raises
    ------
    ValueError
        For missing values in arrays, unequal lengths, fewer than 30 periods, or impossible options.

    Notes
    -----
    A cubic through a persistent debt ratio finds three roots easily. P-values therefore come from histories
    in which the balance reacts linearly, or not at all, with errors of the same persistence: debt follows
    from those balances, the reaction is fitted again, and the Wald statistics are compared. The idea of a
    reaction that tires, and of the limit as the unstable root, is [1]_; the linear test is [2]_.

    References
    ----------
    .. [1] Ghosh, Kim, Mendoza, Ostry & Qureshi (2013), Economic Journal 123, F4-F30.
    .. [2] Bohn (1998), Quarterly Journal of Economics 113, 949-963.
    """
    _check(dt, degree, errors, recent, confidence, replications)
    record, index, outlook = as_record(debt, balance, growth, controls, dt)
    n = len(record.balance)
    lags = int(4 * (n / 100) ** (2 / 9)) if errors == "hac" else -1
    full, linear, none = (fit_reaction(record, d, lags) for d in (degree, 1, 0))
    streams = np.random.SeedSequence(seed).spawn(6)
    against = ((full, none, 1), (linear, none, 1), (full, linear, 2))
    p_values = {
        name: null_p_value(record, fitted, null, first, replications, stream, n_jobs)
        for (name, (fitted, null, first)), stream in zip(
            zip(("reaction", "linear", "shape"), against, strict=True), streams[:3], strict=True
        )
    }
    mean, error = recent_growth(outlook, max(round(recent / dt), 4))
    estimates, _ = simulate(record, full, degree, replications, streams[3], n_jobs)
    draws = np.random.default_rng(streams[3]).normal(mean, error, replications)
    straight, _ = simulate(record, linear, 1, replications, streams[4], n_jobs)
    p_values["slope"] = _slope_p_value(record, linear, (mean, error), replications, streams[5], n_jobs)
    bootstraps = (estimates, straight, draws)
    return _read(record, index, full, linear, p_values, (mean, error), bootstraps, confidence)


def _slope_p_value(
    record: Record,
    linear: Reaction,
    growth: tuple[float, float],
    replications: int,
    seed: np.random.SeedSequence,
    n_jobs: int,
) -> float:
    """Return how often debt that is drawn nowhere has a slope over its error as far out on the same side."""
    slope, error = slope_at(linear, growth, record, float(record.debt[-1]))
    null = nowhere_ratios(record, linear, growth, replications, seed, n_jobs)
    side = 1.0 if slope > 0 else -1.0
    return upper_share(side * null, side * slope / error)


def nowhere_ratios(
    record: Record,
    linear: Reaction,
    growth: tuple[float, float],
    replications: int,
    seed: np.random.SeedSequence,
    n_jobs: int,
) -> np.ndarray:
    """Return slopes over their errors of histories in which debt is drawn nowhere; NaN of one without a fit.

    Parameters
    ----------
    record : Record
    linear : Reaction
        Its linear reaction, whose errors the histories have.
    growth : tuple of float
        ``r - g`` that holds for the future, and its error.
    replications, seed, n_jobs
        Histories, seed, threads.
    """
    nowhere = linear.coefficients.copy()
    nowhere[1] = growth[0] * record.scale  # a point more of debt costs what the balance rises by
    estimates, covariances = simulate(
        record, replace(linear, coefficients=nowhere), 1, replications, seed, n_jobs
    )
    draws = np.random.default_rng(seed).normal(0.0, growth[1], replications)
    off = draws - (estimates[:, 1] - nowhere[1]) / record.scale
    return off / np.sqrt(covariances[:, 1, 1] / record.scale**2 + growth[1] ** 2)


def _read(
    record: Record,
    index: pd.Index,
    full: Reaction,
    linear: Reaction,
    p_values: dict[str, float],
    growth: tuple[float, float],
    bootstraps: tuple[np.ndarray, np.ndarray, np.ndarray],
    confidence: float,
) -> DebtLimit:
    quantile = NormalDist().inv_cdf(0.5 + confidence / 2)
    now, size = float(record.debt[-1]), 1.0 - confidence
    stable, limit = roots(full.powers, growth[0], record)
    intervals = {"growth": around(growth[0], growth[1] * quantile)}
    for name, root in (("stable", stable), ("limit", limit)):
        intervals[name] = root_interval(root, full, growth, record, quantile)
    intervals["distance"] = (intervals["limit"][0] - now, intervals["limit"][1] - now)
    slopes = {}
    for name, fitted in (("slope", full), ("linear_slope", linear)):
        slopes[name], spread = slope_at(fitted, growth, record, now)
        intervals[name] = around(slopes[name], quantile * spread)
    estimates, straight, draws = bootstraps
    slope_draws = draws - straight[:, 1] / record.scale
    slope_draws = slope_draws[np.isfinite(slope_draws)]  # histories that ran away have none
    if len(slope_draws):
        tails = np.quantile(slope_draws, [0.5 + confidence / 2, 0.5 - confidence / 2])
        low, high = intervals["linear_slope"]
        basic = 2 * slopes["linear_slope"] - tails
        intervals["linear_slope"] = (min(low, float(basic[0])), max(high, float(basic[1])))
    limits = np.array(
        [
            roots(row[: full.degree + 1], drawn, record)[1] if np.isfinite(row).all() else np.nan
            for row, drawn in zip(estimates, draws, strict=True)
        ]
    )
    ends = limit_quantiles(limits, confidence)
    message = _message(p_values, limit, ends, size)
    return DebtLimit(
        debt=now,
        stable=stable,
        limit=limit,
        distance=limit - now,
        intervals=intervals,
        bootstrap={"limit": ends, "distance": (ends[0] - now, ends[1] - now)},
        with_limit=float(np.isfinite(limits).mean()),
        growth=growth[0],
        **slopes,
        state=_state(p_values, intervals, size),
        p_values=p_values,
        identified=message == "",
        message=message,
        reaction=full,
        linear=linear,
        record=record,
        index=index,
        confidence=confidence,
    )


def _state(p_values: dict[str, float], intervals: dict[str, Interval], size: float) -> str:
    """Return the feedback region: the side of the slope, if the reaction or r - g alone bears it out."""
    side = _side(intervals["linear_slope"])
    borne_out = p_values["linear"] <= size or _side(intervals["growth"]) == side
    return {-1: "convergent", 1: "divergent"}.get(side if borne_out else 0, "not identified")


def _side(interval: Interval) -> int:
    return -1 if interval[1] < 0 else int(interval[0] > 0)


def _message(p_values: dict[str, float], limit: float, ends: Interval, size: float) -> str:
    if p_values["reaction"] > size:
        return f"a balance that does not react to debt would look like this (p = {p_values['reaction']:.2f})"
    if p_values["shape"] > size:
        return f"a linear reaction would look like this (p = {p_values['shape']:.2f})"
    if not np.isfinite(limit):
        return "the fitted reaction has no unstable root above its stable one"
    if not np.isfinite(ends).all():
        return "simulated histories of the fitted reaction often show no limit"
    return ""


def _check(dt: float, degree: int, errors: str, recent: float, confidence: float, replications: int) -> None:
    if not dt > 0:
        raise ValueError(f"dt must be positive, got {dt}")
    if degree not in (2, 3):
        raise ValueError(f"degree must be 2 or 3, got {degree}")
    if errors not in ("ar1", "hac"):
        raise ValueError(f"errors must be 'ar1' or 'hac', got {errors!r}")
    if not recent > 0:
        raise ValueError(f"recent must be positive, got {recent}")
    if not 0.5 < confidence < 1:
        raise ValueError(f"confidence must lie between 0.5 and 1, got {confidence}")
    if replications < 19:
        raise ValueError(f"replications must be at least 19, got {replications}")


def recent_growth(growth: np.ndarray, rows: int) -> tuple[float, float]:
    """Return the mean of the last rows and its long-run error."""
    tail = np.array(growth[-rows:], dtype=float, order="C")
    mean, error = long_run_fit(tail, np.ones(len(tail)), False, int(len(tail) ** (1 / 3)))
    return float(mean), float(error) if np.isfinite(error) else 0.0
