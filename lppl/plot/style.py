"""How the pictures look: axes, colours, dates on the axis and labels."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lppl.core.frequency import frequency
from lppl.core.series import Prices, date_of, date_text

if TYPE_CHECKING:
    from lppl.critical_times.tc_profile import TcInterval
    from lppl.fitting.fitting import Fit

# Told apart by colour-blind readers: vermilion and blue (Okabe and Ito), a purple for the critical time.
PRICE, CRITICAL, FAINT = "#1f2933", "#7a4fa3", "#b8c0cc"
POSITIVE, NEGATIVE = "#d55e00", "#0072b2"
CURVE = POSITIVE
LEGEND: dict[str, Any] = {"frameon": False, "fontsize": "small"}
NAMES = {
    "m": "exponent m",
    "omega": "angular log-frequency ω",
    "horizon": "tc - t2",
    "length": "window length",
    "rms": "rms residual",
}


def new_axes(ax: Any, height: float = 4.5) -> Any:
    """Return ``ax``, or the axes of a new figure of this height in inches."""
    if ax is not None:
        return ax
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def panel_below(ax: Any) -> Any:
    """Return new axes under ``ax``, a subplot that gives up a third of its height, with the same dates."""
    place = ax.get_subplotspec()
    if place is None:
        raise ValueError("ax must be a subplot of its figure, got axes placed by hand")
    upper, lower = place.subgridspec(2, 1, height_ratios=(2, 1))
    ax.set_subplotspec(upper)
    below = ax.figure.add_subplot(lower, sharex=ax)
    below.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelbottom=False)
    return below


def need_success(result: "Fit") -> None:
    """Raise for a failed fit: it has no curve."""
    if not result.success:
        raise ValueError(f"result must be a successful fit, got one that failed: {result.message}")


def on_axis(t: ArrayLike, checked: Prices) -> NDArray[Any]:
    """Return points of the time axis as dates where the series has them."""
    times = np.asarray(t, dtype=float)
    if checked.dates is None:
        return times
    place = np.minimum(np.searchsorted(checked.t, times), len(checked.t) - 1)
    known = checked.t[place] == times
    dates = civil(checked.dates[place])
    if not known.all():
        others = [date_of(x, checked.dates, checked.time) for x in times[~known].tolist()]
        dates[~known] = civil(pd.DatetimeIndex(others))
    return dates


def civil(index: pd.Index) -> NDArray[Any]:
    """Return labels for an axis: dates as the clocks of their own zone show them."""
    if isinstance(index, pd.DatetimeIndex):
        return index.tz_localize(None).to_numpy().astype("datetime64[ns]")
    return index.to_numpy()


def stamp(when: Any) -> str:
    """Return a date, or a time without a calendar, as a label."""
    return date_text(pd.Timestamp(when)) if isinstance(when, np.datetime64) else f"{when:.4g}"


def time_unit(time: str, dates: pd.DatetimeIndex | None) -> str:
    """Return what the time axis counts."""
    if time != "trading":
        return "day"
    found = None if dates is None else frequency(dates)
    return "trading day" if found is None or found.is_daily else found.bar


def time_label(ax: Any, checked: Prices) -> None:
    """Label the time axis: concise dates, or observations."""
    if checked.dates is None:
        ax.set_xlabel("observation")
        return
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=4, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def log_scale(ax: Any) -> None:
    """Log scale with prices written out, few enough to read."""
    from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0)))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.6g}"))


def fit_label(result: "Fit") -> str:
    """Return what was fitted: a bubble that ends at tc, or an antibubble that starts there."""
    if result.tc - result.t1 < result.t2 - result.tc:
        kind = "antibubble"
    else:
        kind = "positive bubble" if result.B < 0.0 else "negative bubble"
    return f"{kind}: m = {result.m:.2f}, ω = {result.omega:.2f}"


def interval_label(interval: "TcInterval") -> str:
    """Return what a shaded interval is, and that the box ends it where it does."""
    label = f"likelihood at least {interval.ratio:.2g} of the largest"
    if interval.low_date is not None and interval.high_date is not None:
        label += f"\n{date_text(interval.low_date)} to {date_text(interval.high_date)}"
    if not interval.identified:
        label += f"\nnot identified: runs into the {' and '.join(interval.edges)} bound"
    return label
