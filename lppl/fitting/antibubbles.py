"""Antibubbles: log-periodic decays (or recoveries) that start at a critical time before the data."""

from dataclasses import fields
from typing import Any

import pandas as pd

from lppl.core.frames import unpack
from lppl.core.model import oscillations
from lppl.core.series import check, date_of
from lppl.fitting.fitting import Fit, fit
from lppl.fitting.space import SearchSpace


class AntibubbleFit(Fit):
    """A :class:`~lppl.Fit` whose critical time opens the window: ``tau = t - tc`` grows along it.

    ``direction`` is 1 for a price that falls from tc (B < 0, bearish) and -1 for one that rises from it.
    """

    @property
    def oscillations(self) -> float:
        """Full log-periodic oscillations inside the window."""
        return float(oscillations(self.omega, self.tc, self.t2, self.t1))

    def _shape(self) -> str:
        course = "falls from tc (B < 0)" if self.B < 0.0 else "rises from tc (B > 0)"
        return f"antibubble that {course}"


def fit_antibubble(
    prices: Any, *, space: SearchSpace | None = None, time: str = "trading", scale: str = "log"
) -> AntibubbleFit:
    """Fit an LPPLS antibubble to a whole series: the same formula with ``tau = t - tc``, tc near the start.

    The mirror image of an antibubble is a bubble, so the series is fitted backwards: the search is as
    dense around the first price as :func:`lppl.fit` is around the last.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices from the peak (or trough) on; at least 10.
    space : SearchSpace, optional
        The box; its horizons bound ``t1 - tc``, the time from tc to the first price. Default m [0, 2],
        omega [1, 50], tc within 0.2 lengths of the first price.
    time : {"trading", "calendar"}
        Time unit: observations or calendar days.
    scale : {"log", "price"}
        Whether log-prices or prices are fitted.

    Returns
    -------
    AntibubbleFit
        ``tc`` in units from the first price, negative before it; ``tc_date`` is None there in trading
        time, as the calendar before the data is not known.

    References
    ----------
    .. [1] Johansen & Sornette (1999), Int. J. Mod. Phys. C 10, 563-575.
    """
    checked = check(prices, time, scale)
    values: Any = unpack(prices, "prices")[0][::-1]
    if checked.dates is not None:
        values = pd.Series(values, index=checked.dates[0] + (checked.dates[-1] - checked.dates[::-1]))
    mirrored = fit(values, space=space, time=time, scale=scale)
    found = {field.name: getattr(mirrored, field.name) for field in fields(Fit)}
    tc = mirrored.t2 - mirrored.tc
    known = time == "calendar" or tc >= -0.5
    found |= {"tc": tc, "tc_date": date_of(tc, checked.dates, time) if known else None}
    turned = {"tc lower": "tc upper", "tc upper": "tc lower"}
    found["at_bound"] = tuple(turned.get(bound, bound) for bound in mirrored.at_bound)
    return AntibubbleFit(**found)
