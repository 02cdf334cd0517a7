"""Pictures of one fit: its curve over the prices, and what it leaves."""

from typing import TYPE_CHECKING, Any

import numpy as np

from lppl.core.series import check
from lppl.plot.style import (
    CRITICAL,
    CURVE,
    FAINT,
    LEGEND,
    PRICE,
    fit_label,
    interval_label,
    log_scale,
    need_success,
    new_axes,
    on_axis,
    stamp,
    time_label,
)

if TYPE_CHECKING:
    from lppl.critical_times.tc_profile import TcInterval
    from lppl.fitting.fitting import Fit


def fit(result: "Fit", prices: Any, ax: Any = None, *, interval: "TcInterval | None" = None) -> Any:
    """Draw a fit over its prices, continued to the critical time (unmarked where it has no date).

    Parameters
    ----------
    result : "Fit"
        A successful fit.
    prices : pandas.Series or array_like
        The prices that were fitted; they may go on after the fit's last one.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    interval : TcInterval, optional
        Interval of tc to shade, as from :func:`lppl.critical_time`.
    """
    checked, ax = check(prices, result.time, "price"), new_axes(ax)
    need_success(result)
    end = max(result.t2, result.tc)
    t = np.unique(np.concatenate([np.arange(np.ceil(result.t1), end), [result.t1, end]]))
    curve = result.curve(t)
    ax.plot(on_axis(checked.t, checked), checked.y, color=PRICE, lw=0.9, label="price")
    rising = curve[-1] > curve[0]
    if result.scale == "log":
        curve = np.exp(curve)
        log_scale(ax)
    ax.plot(on_axis(t, checked), curve, color=CURVE, lw=1.8, label=fit_label(result))
    if checked.dates is None or result.tc_date is not None:
        critical = on_axis([result.tc], checked)[0]
        ax.axvline(critical, color=CRITICAL, lw=1.2, ls="--", label=f"tc {stamp(critical)}")
    if interval is not None:
        low, high = on_axis([interval.low, interval.high], checked)
        ax.axvspan(low, high, color=CRITICAL, alpha=0.13, lw=0, label=interval_label(interval))
    ax.set_ylabel("price")
    time_label(ax, checked)
    ax.legend(loc="upper left" if rising else "upper right", **LEGEND)
    return ax


def residuals(result: "Fit", prices: Any, ax: Any = None) -> Any:
    """Draw what the fit leaves over its window: log-price or price minus curve."""
    checked, ax = check(prices, result.time, result.scale), new_axes(ax, height=3.0)
    need_success(result)
    inside = (result.t1 <= checked.t) & (checked.t <= result.t2)
    when, left = on_axis(checked.t[inside], checked), checked.y[inside] - result.curve(checked.t[inside])
    ax.axhline(0.0, color=FAINT, lw=0.8)
    ax.fill_between(when, left, 0.0, color=CURVE, alpha=0.25, lw=0)
    ax.plot(when, left, color=CURVE, lw=0.9)
    ax.set_ylabel("log-price - fit" if result.scale == "log" else "price - fit")
    ax.margins(x=0.01)
    time_label(ax, checked)
    return ax
