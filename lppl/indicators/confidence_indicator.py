"""Confidence: the share of attempted windows whose fit passes a filter."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from lppl.core import notebook
from lppl.fitting.window_fits import WindowFits
from lppl.indicators.presets import Filter

TC_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Confidence:
    """Shares of all attempted windows, and what the qualified ones say of tc.

    Attributes
    ----------
    positive, negative : float
        Share of attempted windows that qualify with B < 0 and with B > 0.
    attempted, failed, at_bound : int
        Windows tried; windows without a converged fit; windows whose best fit sits on a bound of the box.
    tc_quantiles : tuple of float
        The 5, 25, 50, 75 and 95% quantiles of ``tc - t2`` (time units) over the qualified windows of the
        larger side; NaN when none qualifies.
    """

    positive: float
    negative: float
    attempted: int
    failed: int
    at_bound: int
    tc_quantiles: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain values."""
        return asdict(self)

    def _repr_html_(self) -> str:
        sides = {"positive": self.positive, "negative": self.negative}
        shares = {
            f"{name} bubble": f"{share:.3f} ({round(share * self.attempted)} of {self.attempted} windows)"
            for name, share in sides.items()
        }
        low, _, median, _, high = self.tc_quantiles
        tc = f"{notebook.words(median)} {notebook.interval(low, high)} time units"
        counts = {"without a converged fit": self.failed, "on a bound of the box": self.at_bound}
        known = {"tc - t2, median and 5 to 95%": "no window qualifies" if np.isnan(median) else tc}
        return notebook.pairs("LPPLS confidence", shares | counts | known)


def confidence(windows: WindowFits, filter: Filter) -> Confidence:
    """Return the confidence of fitted windows under one filter.

    Parameters
    ----------
    windows : WindowFits
        Nested fits at one date.
    filter : Filter
        What a fit must satisfy; see ``lppl.PRESETS[name].filters``.

    Notes
    -----
    Failed, non-converged and bound-saturated fits stay in the denominator.

    References
    ----------
    .. [1] Sornette et al. (2015), J. Investment Strategies 4, 77-95.
    """
    passed = filter.passes(windows)
    positive, negative = passed & (windows.B < 0.0), passed & (windows.B > 0.0)
    side = positive if positive.sum() >= negative.sum() else negative
    quantiles = np.quantile(windows.horizon[side], TC_QUANTILES) if side.any() else np.full(5, np.nan)
    at_bound = (windows.at_tc != 0) | (windows.at_m != 0) | (windows.at_omega != 0)
    count = len(windows)
    return Confidence(
        positive=float(positive.sum() / count),
        negative=float(negative.sum() / count),
        attempted=count,
        failed=int((~(windows.success & windows.converged)).sum()),
        at_bound=int(at_bound.sum()),
        tc_quantiles=tuple(float(q) for q in quantiles),
    )
