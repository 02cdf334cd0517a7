"""Prices as they compare across splits and dividends, from raw prices and the actions known."""

from typing import Any

import numpy as np

from scanners.core.adjustment import Adjustment, adjustment_factors
from scanners.store.packing import BARS, Versions
from scanners.store.times import LATEST_DAY


def as_known(rows: Versions, day: int, moment: int) -> Versions:
    """Return the newest versions known at a moment, of the sessions up to a day."""
    known = rows.known_by(moment).latest()
    if day == LATEST_DAY:
        return known
    return known.take(slice(0, int(np.searchsorted(known.session, day, side="right"))))


def adjusted(bars: Versions, actions: Versions, adjust: Adjustment) -> dict[str, Any]:
    """Return the arrays of a :class:`~scanners.store.bar_history.History` from raw bars and actions."""
    bars = bars.living()
    raw = bars.values[0]
    price, volume = adjustment_factors(bars.session, raw, (actions.session, *actions.values), adjust)
    return {
        "sessions": bars.session.astype("datetime64[D]"),
        "close": raw * price,
        "raw_close": raw,
        "factor": price,
        "known_at": bars.known_at.view("datetime64[us]"),
        **{
            name: values * (volume if name == "volume" else price)
            for name, values in zip(BARS.rest, bars.values[1:], strict=False)
        },
    }
