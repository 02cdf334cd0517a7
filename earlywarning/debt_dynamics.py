"""Debt dynamics ``d' = (r - g) d - pb(d)``: stable debt, the limit beyond which debt runs away."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.polynomial import polynomial

from earlywarning._kernels_feedback import long_run_fit
from earlywarning._levels import Series, as_levels, label, plain
from earlywarning.debt_fan import fan_of
from earlywarning.fiscal_reaction import Reaction, Record, fit_reaction, null_p_value, simulate
from earlywarning.notebook import table

Interval = tuple[float, float]
NOWHERE = (float("nan"), float("nan"))
FEWEST = 30


@dataclass(frozen=True, eq=False)
class DebtLimit:
    """Debt dynamics with a reaction of the primary balance to debt.

    Attributes
    ----------
    debt, stable, limit, distance : float
        Present debt; the debt it is drawn to; the unstable root beyond which it runs away; limit less debt.
        NaN where the fitted reaction has no such root. Believe them only when ``identified``.
    intervals : dict of str to tuple of float
        ``stable``, ``limit``, ``distance`` (delta method), ``growth``, ``slope``; ``linear_slope`` is the
        wider, at each end, of delta method and basic bootstrap, which corrects the bias of a persistent
        regressor.
    bootstrap : dict of str to tuple of float
        ``limit`` and ``distance`` over refits to simulated histories; an end is infinite where so many
        refits have no limit.
    with_limit : float
        Share of those refits that have one.
    growth : float
        ``r - g`` used for the future: mean of the last ``recent`` years, stock-flow adjustments included.
    slope, linear_slope : float
        ``d f / d d`` at the present, of the full and of a linear reaction; negative is negative feedback.
    state : str
        ``convergent``, ``divergent`` or ``not identified``, by the linear slope, when the reaction itself is
        established or, without a reaction, by ``r - g``.
    p_values : dict of str to float
        ``reaction``: no reaction explains the balance as well; ``linear``: the same for a linear reaction in
        the linear fit; ``shape``: a linear reaction explains it as well as the full one.
    identified : bool
        Whether ``reaction`` and ``shape`` are small and the limit exists with a finite bootstrap interval.
    message : str
        Why not; empty when identified.
    reaction, linear : Reaction
        The fits, in powers of standardised debt.
    record : Record
        What they were fitted to.
    index : pandas.Index
        Labels of the balances.
    confidence : float
    """

    debt: float
    stable: float
    limit: float
    distance: float
    intervals: dict[str, Interval]
    bootstrap: dict[str, Interval]
    with_limit: float
    growth: float
    slope: float
    linear_slope: float
    state: str
    p_values: dict[str, float]
    identified: bool
    message: str
    reaction: Reaction
    linear: Reaction
    record: Record
    index: pd.Index
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain Python values, without the series."""
        hidden = {"reaction", "linear", "record", "index"}
        values = {
            name: plain(getattr(self, name)) for name in self.__dataclass_fields__ if name not in hidden
        }
        return values | {"last": label(self.index, len(self.index) - 1), "rho": self.reaction.rho}

    def fan(self, horizon: float, *, paths: int = 1000, seed: int = 0) -> pd.DataFrame:
        """Simulate debt from the present on.

        Parameters
        ----------
        horizon : float
            Units of time.
        paths, seed : int

        Returns
        -------
        pandas.DataFrame
            A row a period, columns 0.05, 0.25, 0.5, 0.75 and 0.95 (quantiles) and ``beyond`` (share of paths
            above the limit, NaN when it is not identified). The full reaction is used when identified, else
            the linear one.
        """
        return fan_of(self, horizon, paths, seed)

    def plot(self, ax: Any = None) -> Any:
        """Draw the balance, the reaction and the balance that keeps debt constant; return the axes."""
        from earlywarning.plot_systems import plot_debt

        return plot_debt(self, ax)

    def _repr_html_(self) -> str:
        rows = {
            "debt": f"{self.debt:.4g} at {label(self.index, len(self.index) - 1)}",
            "state": f"{self.state}: slope {self.linear_slope:+.3f} [{{:+.3f}}, {{:+.3f}}]".format(
                *self.intervals["linear_slope"]
            ),
            "limit": "{:.4g} [{:.4g}, {:.4g}]".format(self.limit, *self.intervals["limit"]),
            "distance": "{:.4g} [{:.4g}, {:.4g}]".format(self.distance, *self.intervals["distance"]),
            "identified": "yes" if self.identified else f"no: {self.message}",
        }
        return table("Debt limit", rows)


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
    record, index, outlook = _record(debt, balance, growth, controls, dt)
    n = len(record.balance)
    lags = int(4 * (n / 100) ** (2 / 9)) if errors == "hac" else -1
    full, linear, none = (fit_reaction(record, d, lags) for d in (degree, 1, 0))
    streams = np.random.SeedSequence(seed).spawn(5)
    against = ((full, none, 1), (linear, none, 1), (full, linear, 2))
    p_values = {
        name: null_p_value(record, fitted, null, first, replications, stream, n_jobs)
        for (name, (fitted, null, first)), stream in zip(
            zip(("reaction", "linear", "shape"), against, strict=True), streams[:3], strict=True
        )
    }
    mean, error = _recent(outlook, max(round(recent / dt), 4))
    estimates, _ = simulate(record, full, degree, replications, streams[3], n_jobs)
    draws = np.random.default_rng(streams[3]).normal(mean, error, replications)
    straight, _ = simulate(record, linear, 1, replications, streams[4], n_jobs)
    bootstraps = (estimates, straight, draws)
    return _read(record, index, full, linear, p_values, (mean, error), bootstraps, confidence)


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
    stable, limit = _roots(full.powers, growth[0], record)
    intervals = {"growth": _around(growth[0], growth[1] * quantile)}
    for name, root in (("stable", stable), ("limit", limit)):
        intervals[name] = _root_interval(root, full, growth, record, quantile)
    intervals["distance"] = (intervals["limit"][0] - now, intervals["limit"][1] - now)
    slopes = {}
    for name, fitted in (("slope", full), ("linear_slope", linear)):
        slopes[name], spread = _slope(fitted, growth, record, now)
        intervals[name] = _around(slopes[name], quantile * spread)
    estimates, straight, draws = bootstraps
    slope_draws = draws - straight[:, 1] / record.scale
    slope_draws = slope_draws[np.isfinite(slope_draws)]  # histories that ran away have none
    if len(slope_draws):
        tails = np.quantile(slope_draws, [0.5 + confidence / 2, 0.5 - confidence / 2])
        low, high = intervals["linear_slope"]
        ends = 2 * slopes["linear_slope"] - tails
        intervals["linear_slope"] = (min(low, float(ends[0])), max(high, float(ends[1])))
    limits = np.array(
        [
            _roots(row[: full.degree + 1], drawn, record)[1] if np.isfinite(row).all() else np.nan
            for row, drawn in zip(estimates, draws, strict=True)
        ]
    )
    around = _quantiles(limits, confidence)
    around_distance = (around[0] - now, around[1] - now)
    message = _message(p_values, limit, around, size)
    return DebtLimit(
        debt=now,
        stable=stable,
        limit=limit,
        distance=limit - now,
        intervals=intervals,
        bootstrap={"limit": around, "distance": around_distance},
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
    """Return the feedback region: by the linear reaction when it is established, else by r - g alone."""
    low, high = intervals["linear_slope" if p_values["linear"] <= size else "growth"]
    if high < 0:
        return "convergent"
    return "divergent" if low > 0 else "not identified"


def _message(p_values: dict[str, float], limit: float, around: Interval, size: float) -> str:
    if p_values["reaction"] > size:
        return f"a balance that does not react to debt would look like this (p = {p_values['reaction']:.2f})"
    if p_values["shape"] > size:
        return f"a linear reaction would look like this (p = {p_values['shape']:.2f})"
    if not np.isfinite(limit):
        return "the fitted reaction has no unstable root above its stable one"
    if not np.isfinite(around).all():
        return "simulated histories of the fitted reaction often show no limit"
    return ""


def _polynomial(powers: np.ndarray, growth: float, record: Record) -> np.ndarray:
    """Return ``f = growth d - pb(d)`` in powers of standardised debt."""
    f = -powers.astype(float)
    f[0] += growth * record.centre
    f[1] += growth * record.scale
    return f


def _roots(powers: np.ndarray, growth: float, record: Record) -> tuple[float, float]:
    """Return stable debt and debt limit of a reaction, in per cent of GDP; NaN where there is none.

    The limit is the unstable root that bounds the basin of the present from above; for debt beyond every
    root, the largest unstable one.
    """
    f = _polynomial(powers, growth, record)
    z = polynomial.polyroots(polynomial.polytrim(f, 1e-14 * np.abs(f).max()))
    real = np.sort(z[np.abs(z.imag) <= 1e-9 * (1 + np.abs(z))].real)
    slopes = polynomial.polyval(real, polynomial.polyder(f))
    now = (record.debt[-1] - record.centre) / record.scale
    above = real[(slopes > 0) & (real > now)]
    stable, unstable = real[slopes < 0], real[slopes > 0]
    limit = above[0] if len(above) else (unstable[-1] if len(unstable) else np.nan)
    below = stable[stable < limit] if np.isfinite(limit) else stable
    home = below[-1] if len(below) else (stable[0] if len(stable) and not np.isfinite(limit) else np.nan)
    if np.isfinite(limit) and not np.isfinite(home):
        limit = np.nan  # an unstable root alone bounds nothing that debt is drawn to
    return tuple(float(record.centre + record.scale * root) for root in (home, limit))


def _root_interval(
    root: float, fitted: Reaction, growth: tuple[float, float], record: Record, quantile: float
) -> Interval:
    if not np.isfinite(root):
        return NOWHERE
    z = (root - record.centre) / record.scale
    gradient = z ** np.arange(fitted.degree + 1)
    variance = gradient @ fitted.powers_covariance @ gradient + (root * growth[1]) ** 2
    slope, _ = _slope(fitted, growth, record, root)
    return _around(root, quantile * np.sqrt(variance) / abs(slope))


def _slope(fitted: Reaction, growth: tuple[float, float], record: Record, debt: float) -> tuple[float, float]:
    """Return ``f'(debt)`` and its standard error."""
    z = (debt - record.centre) / record.scale
    k = np.arange(fitted.degree + 1)
    gradient = np.where(k > 0, k * z ** np.maximum(k - 1, 0), 0.0) / record.scale
    variance = gradient @ fitted.powers_covariance @ gradient + growth[1] ** 2
    return float(growth[0] - gradient @ fitted.powers), float(np.sqrt(variance))


def _around(value: float, reach: float) -> Interval:
    return float(value - reach), float(value + reach)


def _quantiles(limits: np.ndarray, confidence: float) -> Interval:
    """Return the middle of the refits' limits; those without one count as limits beyond any number."""
    tail = (1 - confidence) / 2
    ordered = np.sort(np.where(np.isfinite(limits), limits, np.inf))
    return float(ordered[int(tail * len(ordered))]), float(
        ordered[int(np.ceil((1 - tail) * len(ordered))) - 1]
    )


def _recent(growth: np.ndarray, rows: int) -> tuple[float, float]:
    """Return the mean of the last rows and its long-run error."""
    tail = np.ascontiguousarray(growth[-rows:])
    mean, error = long_run_fit(tail, np.ones(len(tail)), False, int(len(tail) ** (1 / 3)))
    return float(mean), float(error) if np.isfinite(error) else 0.0


def _record(
    debt: Series, balance: Series, growth: Series | None, controls: Any, dt: float
) -> tuple[Record, pd.Index, np.ndarray]:
    """Return what the reaction is fitted to, its labels, and the interest less growth of each period."""
    if isinstance(debt, pd.Series) and isinstance(balance, pd.Series):
        debt, balance, growth, controls = _joined(debt, balance, growth, controls)
    levels, index = as_levels(debt, "debt", at_least=FEWEST + 1)
    n, index = len(levels) - 1, index[1:]
    moves = np.array(balance, dtype=float)[-n:]
    if moves.shape != (n,) or np.isinf(moves).any():
        raise ValueError(f"balance must be finite or NaN, {n} or {n + 1} values for {n + 1} of debt")
    extra = np.empty((n, 0)) if controls is None else np.array(controls, dtype=float).reshape(-1, 1)
    if controls is not None and np.ndim(controls) == 2:
        extra = np.array(controls, dtype=float)
    extra = extra[-n:]
    if len(extra) != n or np.isinf(extra).any():
        raise ValueError(f"controls must be finite or NaN in {n} rows, got shape {extra.shape}")
    rows = np.flatnonzero(np.isfinite(moves) & np.isfinite(extra).all(axis=1))
    if len(rows) < FEWEST:
        raise ValueError(f"balance must have at least {FEWEST} values with debt before them, got {len(rows)}")
    if np.ptp(levels[rows]) == 0 or np.ptp(moves[rows]) == 0:
        raise ValueError("debt and balance must vary")
    outlook = None if growth is None else as_levels(growth, "growth", at_least=n)[0][-n:]
    if (levels[:-1] > 0).all():
        # A balance that is not known moves simulated paths only, never an estimate.
        filled = np.interp(np.arange(n), rows, moves[rows])
        rates = (np.diff(levels) / dt + filled) / levels[:-1]
    elif outlook is None:
        raise ValueError(f"debt must be positive to imply r - g, got {levels.min():g}; pass growth")
    else:
        rates = outlook
    extra = np.ascontiguousarray(extra[rows] - extra[rows].mean(axis=0))
    record = Record(levels, rates, rows, np.ascontiguousarray(moves[rows]), extra, float(dt))
    return record, index, rates if outlook is None else outlook


def _joined(
    debt: pd.Series, balance: pd.Series, growth: pd.Series | None, controls: Any
) -> tuple[pd.Series, pd.Series, pd.Series | None, np.ndarray | None]:
    """Return everything in the rows of debt from before the first balance to the last."""
    debt, balance = debt.dropna(), balance.dropna()
    common = debt.index.intersection(balance.index)
    if not len(common):
        raise ValueError("debt and balance must share labels, they share none")
    first, last = debt.index.get_indexer([common[0], common[-1]])
    debt = debt.iloc[max(first - 1, 0) : last + 1]
    rows = debt.index[1:]
    extra = None if controls is None else pd.DataFrame(controls).reindex(rows).to_numpy()
    return debt, balance.reindex(rows), None if growth is None else growth.reindex(rows), extra


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
