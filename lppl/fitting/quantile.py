"""Quantile LPPLS: the curve below which a given share of the prices lies."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.core.series import Prices, check, date_of
from lppl.fitting.check_loss_search import CheckLoss, Solution
from lppl.fitting.fitting import Fit
from lppl.fitting.refits import refit
from lppl.fitting.space import SearchSpace, as_space
from lppl.fitting.windows import MIN_LENGTH

_SEARCHED = ("tc", "m", "omega")
_ON_CURVE = 1e-6  # of the mean absolute residual
_EDGE = 1e-6  # a parameter this close to a bound, in units of the box, counts as on it


@dataclass(frozen=True)
class QuantileFit:
    """The smallest check loss found in the box.

    Attributes
    ----------
    q : float
        Quantile level.
    loss : float
        ``sum of q e`` over positive and ``(q - 1) e`` over negative residuals ``e``, ``scale`` units.
    least_squares_loss : float
        Smallest loss at the least-squares (tc, m, omega).
    below, on_curve : float
        Shares of prices below and on the curve (a linear check-loss regression passes through as many
        points as it has parameters); ``below <= q <= below + on_curve``.
    fit : Fit
        Parameters and everything that follows from them; its SSE is that of this curve.
    """

    q: float
    loss: float
    least_squares_loss: float
    below: float
    on_curve: float
    fit: Fit

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {name: getattr(self, name) for name in _NUMBERS} | {"fit": self.fit.to_dict()}

    def plot(self, prices: Any, ax: Any = None) -> Any:
        """Draw the curve over its prices; see :func:`lppl.plot.fit`."""
        return self.fit.plot(prices, ax=ax)

    def _repr_html_(self) -> str:
        loss, least_squares = notebook.words(self.loss), notebook.words(self.least_squares_loss)
        rows = {
            "quantile": self.q,
            "check loss": f"{loss}, at the least-squares solution {least_squares}",
            "prices below, on the curve": f"{self.below:.1%}, {self.on_curve:.1%}",
        }
        return notebook.pairs("Quantile LPPLS fit", (rows if self.fit.success else {}) | self.fit._rows())


_NUMBERS = ("q", "loss", "least_squares_loss", "below", "on_curve")


def quantile_fit(
    prices: Any,
    q: float = 0.5,
    *,
    space: SearchSpace | None = None,
    time: str = "trading",
    scale: str = "log",
) -> QuantileFit:
    """Fit the LPPLS model to a quantile: the smallest check loss in a box, in all seven parameters.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices; at least 10.
    q : float
        Quantile level inside (0, 1); 0.5 is the least-absolute-deviations fit.
    space : SearchSpace, optional
        The box, without a bound on the damping; default that of :func:`lppl.fit`.
    time : {"trading", "calendar"}
        Time unit.
    scale : {"log", "price"}
        Whether log-prices or prices are fitted.

    Returns
    -------
    QuantileFit
        With ``fit.success`` False where nothing can be fitted.

    Raises
    ------
    ValueError
        If an argument breaks a rule.

    Notes
    -----
    The linear parameters are exact at every step (interior point). The search descends from the
    least-squares fit and from the lowest minima of a map of the check loss. On 48 random windows of real
    prices and six levels it was within 1e-6 of the best of 160 descents in 45, at worst 1.2% above, and
    below it in 4: close to global, not certain to be.

    References
    ----------
    .. [1] Zhang, Zhang & Sornette (2016), PLoS ONE 11, e0165819.
    .. [2] Koenker & Park (1996), J. Econometrics 71, 265-283.
    """
    if not 0.0 < q < 1.0:
        raise ValueError(f"q must lie inside (0, 1), got {q}")
    space = as_space(space)
    if space.damping > 0.0:
        raise ValueError(f"space must not bound the damping of a quantile fit, got {space.damping:g}")
    checked = check(prices, time, scale)
    n = checked.t.size
    if n < MIN_LENGTH:
        raise ValueError(f"prices must hold at least {MIN_LENGTH} values, got {n}")
    squares = refit(checked, space)
    if not squares.success:
        return QuantileFit(q, np.nan, np.nan, np.nan, np.nan, squares)
    losses = CheckLoss(checked.t - checked.t[-1], checked.y - checked.y[-1], q, space)
    first = np.array([squares.horizon, squares.m, squares.omega])
    best = losses.minimise(first)
    found = _as_fit(squares, checked, losses, best)
    errors = checked.y - found.curve(checked.t)
    on_curve = np.abs(errors) <= _ON_CURVE * np.abs(errors).mean()
    return QuantileFit(
        q=float(q),
        loss=best.loss,
        least_squares_loss=losses.descend(first, 1).loss,
        below=float(((errors < 0.0) & ~on_curve).mean()),
        on_curve=float(on_curve.mean()),
        fit=found,
    )


def _as_fit(squares: Fit, checked: Prices, losses: CheckLoss, best: Solution) -> Fit:
    """Return the solution in the form of the least-squares fit of the same window."""
    edge = _EDGE * (losses.upper - losses.lower)
    low, high = best.x <= losses.lower + edge, best.x >= losses.upper - edge
    bounds = [
        f"{name} {'lower' if low[k] else 'upper'}" for k, name in enumerate(_SEARCHED) if (low | high)[k]
    ]
    tc, m, omega = (float(value) for value in best.x)
    tc += squares.t2
    span = squares.t2 - squares.t1
    A, B, C1, C2 = _natural(best.linear, m, omega, checked.y[-1], span)
    found = replace(
        squares,
        tc=tc,
        m=m,
        omega=omega,
        A=A,
        B=B,
        C1=C1,
        C2=C2,
        at_bound=tuple(bounds),
        converged=best.converged,
        second_sse=np.nan,
        tc_date=date_of(tc, checked.dates, checked.time),
    )
    curve = found.curve(checked.t)
    errors = checked.y - curve
    relative = np.expm1(errors) if checked.scale == "log" else errors / curve
    sse = float(errors @ errors)
    return replace(
        found, sse=sse, rms=float(np.sqrt(sse / found.n)), max_relative_error=float(np.abs(relative).max())
    )


def _natural(
    linear: NDArray[np.float64], m: float, omega: float, level: float, span: float
) -> tuple[float, float, float, float]:
    """Return A, B, C1, C2 from the coefficients of the scaled basis {1, G, F cos, F sin}."""
    log_scale = np.log(max(span, 1.0))
    a, b, c1, c2 = linear
    shrink = np.exp(-m * log_scale)
    cosine, sine = np.cos(omega * log_scale), np.sin(omega * log_scale)
    return (
        float(a - b / m + level),
        float(b / m * shrink),
        float(shrink * (c1 * cosine - c2 * sine)),
        float(shrink * (c1 * sine + c2 * cosine)),
    )
