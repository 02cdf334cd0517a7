"""From times as written to civil dates at the exchange, or to moments where bars are shorter than a day."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scanners.config.read_options import ReadOptions
from scanners.prices.files.dates import Moments
from scanners.prices.files.numbers import BadCell
from scanners.prices.quality.session_calendar import zone_of

_DAY = np.timedelta64(86400, "s")
_SHIFTED = 30  # dates that show on which weekdays a market trades


class Civil(NamedTuple):
    """Dates or moments at the exchange (datetime64[s]), whether they are moments, and what was chosen."""

    moments: NDArray[np.datetime64]
    intraday: bool
    note: str


def civil(written: Moments, options: ReadOptions) -> Civil:
    """Return the civil dates of the bars, or their moments if most days have several.

    Midnight as written names the day itself, in whatever zone. Any other time with a zone is a moment, whose
    date depends on where the exchange is: it is converted, or refused when nobody says where.

    Parameters
    ----------
    written : Moments
    options : ReadOptions
        With the exchange's zone or calendar, where they are known.

    Raises
    ------
    BadCell
        If the dates depend on a zone that is not known.
    """
    local, notes = written.local, [written.note] if written.note else []
    intraday = _is_intraday(local)
    if written.offset is not None:
        zone = options.timezone or zone_of(options.calendar)
        at_midnight = local == local.astype("datetime64[D]")
        if at_midnight.all() and not (zone and written.offset.any()):
            pass  # names of days, as in 2024-03-22 00:00:00+00:00
        elif zone:
            local = _converted(local - written.offset.astype("timedelta64[s]"), zone)
            notes.append(f"times converted to {zone}")
        elif not intraday:
            first = int(np.argmin(at_midnight))
            moment, offset = written.local[first].item(), int(written.offset[first])
            sign, minutes = "-" if offset < 0 else "+", abs(offset) // 60
            raise BadCell(
                first,
                f"date depends on the exchange's time zone, got {moment:%Y-%m-%d %H:%M}{sign}"
                f"{minutes // 60:02d}:{minutes % 60:02d}: --timezone (timezone in the watchlist) settles it",
            )
        elif len(np.unique(written.offset)) > 1:
            local = local - written.offset.astype("timedelta64[s]")
            notes.append("times read in UTC")
    elif not intraday:
        _refuse_shifted(local)
    if not intraday:
        local = local.astype("datetime64[D]").astype("datetime64[s]")
    return Civil(local, intraday, "; ".join(notes))


def _is_intraday(local: NDArray[np.datetime64]) -> bool:
    """Tell whether bars are shorter than a day: several a day, on more days than a repeated last one."""
    if (local == local.astype("datetime64[D]")).all():
        return False
    moments = np.unique(local)
    if len(moments) < 3:
        return False
    return bool(np.median(np.diff(moments)) < 0.8 * _DAY) and len(moments) > len(
        np.unique(local.astype("datetime64[D]"))
    )


def _converted(utc: NDArray[np.datetime64], zone: str) -> NDArray[np.datetime64]:
    there = pd.DatetimeIndex(utc.astype("datetime64[s]")).tz_localize("UTC").tz_convert(zone)
    return there.tz_localize(None).to_numpy().astype("datetime64[s]")


def _refuse_shifted(local: NDArray[np.datetime64]) -> None:
    """Refuse times without a zone whose dates look like those of another one: Sunday to Thursday."""
    days = local.astype("datetime64[D]")
    if len(local) < _SHIFTED or (local == days).all():
        return
    weekdays = np.bincount((days.astype(int) + 3) % 7, minlength=7) / len(days)  # from Monday
    for side, missing, extra in (("early", 4, 6), ("late", 0, 5)):
        if weekdays[extra] > 0.1 and weekdays[missing] < 0.02:
            moment = local[int(np.argmax(local != days))].item()
            raise BadCell(
                0,
                f"dates look a day {side} (none on {'Fridays' if missing == 4 else 'Mondays'}), got "
                f"{moment:%Y-%m-%d %H:%M} without a zone: write it with one, or the dates alone",
            )
