"""What a fitted reaction of the balance says of debt: where it is drawn to, and beyond what it runs away."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from earlywarning.core.notebook import table
from earlywarning.core.plain_values import label, plain
from earlywarning.macro.debt_fan import fan_of
from earlywarning.macro.fiscal_reaction import Reaction, Record

Interval = tuple[float, float]


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
        ``convergent`` or ``divergent`` when the interval of the linear slope leaves zero on one side, and
        either the linear reaction is established or the interval of ``r - g`` lies on that side too; else
        ``not identified``.
    p_values : dict of str to float
        ``reaction``: no reaction explains the balance as well; ``linear``: the same for a linear reaction in
        the linear fit; ``shape``: a linear reaction explains it as well as the full one; ``slope``: debt that
        is drawn nowhere has a linear slope over its error as far out on the same side.
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
        from earlywarning.plot.macro import plot_debt

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
