"""Pictures of results. Each function draws on ``ax`` (a new figure's by default) and returns it.

Nothing is computed here beyond what a picture needs, and no figure is shown or kept: save one with
``ax.figure.savefig(path)``.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from lppl.core.series import check, date_text
from lppl.critical_times.tc_density import QUANTILES, CriticalTime
from lppl.critical_times.tc_profile import RATIOS, TcInterval, TcProfile
from lppl.diagnostics.lagrange import BubbleStart
from lppl.fitting.fitting import Fit
from lppl.fitting.windows import WindowFits
from lppl.plot.shares import significance as significance
from lppl.plot.shares import trust as trust
from lppl.plot.style import (
    CRITICAL,
    CURVE,
    FAINT,
    LEGEND,
    NAMES,
    NEGATIVE,
    POSITIVE,
    PRICE,
    civil,
    fit_label,
    interval_label,
    log_scale,
    need_success,
    new_axes,
    on_axis,
    panel_below,
    stamp,
    time_label,
    time_unit,
)

if TYPE_CHECKING:
    from lppl.diagnostics.lomb_periodogram import LogPeriodicity  # its kernels need not load for a picture


def fit(result: Fit, prices: Any, ax: Any = None, *, interval: TcInterval | None = None) -> Any:
    """Draw a fit over its prices, continued to the critical time (unmarked where it has no date).

    Parameters
    ----------
    result : Fit
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


def residuals(result: Fit, prices: Any, ax: Any = None) -> Any:
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


def spectrum(
    frequencies: ArrayLike,
    power: ArrayLike,
    ax: Any = None,
    *,
    fitted: float | None = None,
    threshold: float | None = None,
) -> Any:
    """Draw a Lomb spectrum in log-time, with its highest peak.

    Parameters
    ----------
    frequencies, power : array_like, shape (k,)
        Angular log-frequencies and spectral power.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    fitted : float, optional
        The fit's omega, marked.
    threshold : float, optional
        Power that counts as significant, marked.
    """
    ax = new_axes(ax, height=3.6)
    frequencies, power = np.asarray(frequencies, dtype=float), np.asarray(power, dtype=float)
    if frequencies.ndim != 1 or frequencies.shape != power.shape or frequencies.size == 0:
        raise ValueError(
            f"frequencies and power must be equally long, got shapes {frequencies.shape} and {power.shape}"
        )
    top = int(np.argmax(power))
    ax.fill_between(frequencies, power, 0.0, color=FAINT, alpha=0.4, lw=0)
    ax.plot(frequencies, power, color=PRICE, lw=1.2)
    ax.plot(frequencies[top], power[top], "o", color=CURVE, label=f"peak at ω = {frequencies[top]:.2f}")
    if fitted is not None:
        ax.axvline(fitted, color=CRITICAL, ls="--", lw=1.2, label=f"fit's ω = {fitted:.2f}")
    if threshold is not None:
        ax.axhline(threshold, color=CURVE, ls=":", lw=1.2, label="significance")
    ax.set_ylim(bottom=0.0)
    ax.margins(x=0.0)
    ax.set_xlabel("angular log-frequency ω")
    ax.set_ylabel("Lomb power")
    ax.legend(loc="upper right", **LEGEND)
    return ax


def lomb(result: "LogPeriodicity", ax: Any = None) -> Any:
    """Draw the Lomb spectrum of a fit's log-periodicity, the null peaks' 95% quantile and the p-value."""
    threshold = float(np.nanquantile(result.null_peaks, 0.95))
    ax = spectrum(result.omega, result.power, ax, fitted=result.fit_omega, threshold=threshold)
    title = (
        f"peak reached by {100 * result.p_value:.3g}% of {result.null_peaks.size} null paths ({result.null})"
    )
    ax.set_title(title, fontsize="medium", loc="left")
    return ax


def profile(result: TcProfile, ax: Any = None) -> Any:
    """Draw the profile likelihood of tc in one window, with the cuts of its intervals."""
    ax = new_axes(ax)
    horizon = result.tc - result.t2
    interval = result.interval(min(RATIOS))
    low, high = interval.low - result.t2, interval.high - result.t2
    ax.axvspan(low, high, color=CRITICAL, alpha=0.1, lw=0, label=interval_label(interval))
    ax.plot(horizon, np.exp(result.log_profile), color=FAINT, lw=1.4, label="profile likelihood")
    ax.plot(horizon, np.exp(result.log_likelihood), color=CRITICAL, lw=1.8, label="modified")
    for ratio in RATIOS:
        ax.axhline(ratio, color=CURVE, lw=0.7, ls=":")
        ax.text(1.005, ratio, f"{ratio:g}", color=CURVE, size="small", transform=ax.get_yaxis_transform())
    ax.axvline(0.0, color=PRICE, lw=0.8)
    ax.set_xlim(horizon[0], horizon[-1])
    ax.set_ylim(0.0, 1.02)
    ax.set_xlabel(f"tc - t2 ({time_unit(result.time, result.dates)}s)")
    ax.set_ylabel("likelihood / largest")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, **LEGEND)
    return ax


def tc_density(result: CriticalTime, ax: Any = None) -> Any:
    """Draw the distribution of tc over windows, its quantiles, and every window's best fit as a tick."""
    if result.tc.size == 0:
        raise ValueError(f"result must include at least one window, got none of {len(result.profiles)}")
    ax, checked = new_axes(ax), result.windows.prices
    when = on_axis(result.tc, checked)
    ax.fill_between(when, result.density, step="mid", color=CRITICAL, alpha=0.3, lw=0)
    ax.step(when, result.density, where="mid", color=CRITICAL, lw=1.2)
    best = [p.best for p, use in zip(result.profiles, result.included, strict=True) if use and p is not None]
    under = np.full(len(best), -0.03 * result.density.max())
    ax.plot(on_axis(best, checked), under, "|", color=PRICE, ms=9, mew=1.2, label="best fit of a window")
    quantiles = on_axis([result.quantile(q) for q in QUANTILES], checked)
    for q, at, style in zip(QUANTILES, quantiles, (":", "--", "-", "--", ":"), strict=True):
        ax.axvline(at, color=CURVE, ls=style, lw=1.0, label=f"{100 * q:.0f}%: {stamp(at)}")
    last = on_axis(result.windows.t2[:1], checked)[0]
    ax.axvline(last, color=PRICE, lw=0.8, label=f"last price {stamp(last)}")
    tails = on_axis([result.quantile(0.001), result.quantile(0.999), *best], checked)
    ax.set_xlim(min(tails.min(), last), max(tails.max(), last))
    share = f"{100 * result.identified:.0f}% of {sum(result.included)} windows"
    ax.set_title(f"data, not the box, bound tc in {share}", fontsize="medium", loc="left")
    ax.set_ylabel(f"probability of a {time_unit(checked.time, checked.dates)}")
    time_label(ax, checked)
    ax.legend(loc="upper right", **LEGEND)
    return ax


def confidence_history(
    history: pd.DataFrame, prices: pd.Series, ax: Any = None, *, filter: str | None = None
) -> Any:
    """Draw confidence through time in a panel under the price.

    Parameters
    ----------
    history : DataFrame
        Indexed by date, with columns ``F_positive`` and ``F_negative`` for a filter F, as from
        :func:`lppl.confidence_history`, or plain ``positive`` and ``negative``.
    prices : pandas.Series
        Prices with dates.
    ax : matplotlib.axes.Axes, optional
        Subplot for both; the price stays on it, the confidence gets axes of its own below.
    filter : str, optional
        Which filter's columns; default the plain ones.
    """
    columns = {side: side if filter is None else f"{filter}_{side}" for side in ("positive", "negative")}
    for column in columns.values():
        if column not in history:
            raise ValueError(f"history must have the column {column!r}, got {list(history.columns)}")
    checked = check(prices, "trading", "price")
    if checked.dates is None:
        raise ValueError("prices must be a Series with a DatetimeIndex, got prices without dates")
    ax = new_axes(ax, height=5.5)
    ax.plot(civil(checked.dates), checked.y, color=PRICE, lw=0.9)
    log_scale(ax)
    ax.set_ylabel("price")
    below = panel_below(ax)
    when = civil(history.index)
    for name, color in (("positive", POSITIVE), ("negative", NEGATIVE)):
        share = history[columns[name]].to_numpy(dtype=float)
        below.fill_between(when, share, 0.0, color=color, alpha=0.45, lw=0, label=f"{name} bubble")
        below.plot(when, share, color=color, lw=0.8)
    below.set_ylim(0.0, max(0.2, 1.1 * float(history[list(columns.values())].max(axis=None))))
    below.set_ylabel("confidence")
    time_label(below, checked)
    ax.margins(x=0.01)
    below.legend(loc="upper left", **LEGEND)
    return ax


def parameter_cloud(
    windows: WindowFits, qualified: ArrayLike, x: str = "m", y: str = "omega", ax: Any = None
) -> Any:
    """Draw two quantities of every window's fit; qualified ones coloured by window length.

    Parameters
    ----------
    windows : WindowFits
        Fits of nested windows.
    qualified : array_like of bool
        Windows that count, as from :meth:`lppl.Filter.passes`.
    x, y : str
        Columns of :meth:`lppl.WindowFits.to_frame`, such as m, omega, horizon, damping or length.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    """
    frame, chosen = windows.to_frame(), np.asarray(qualified, dtype=bool)
    for name in (x, y):
        if name not in frame or frame[name].dtype.kind not in "if":
            raise ValueError(f"x and y must be numeric columns of the windows' table, got {name!r}")
    if chosen.shape != (len(frame),):
        raise ValueError(f"qualified must hold {len(frame)} flags, got shape {chosen.shape}")
    ax = new_axes(ax)
    ax.scatter(frame[x][~chosen], frame[y][~chosen], s=14, color=FAINT, label="not qualified")
    length = frame["length"].to_numpy()
    look = {"s": 34, "ec": PRICE, "lw": 0.4, "cmap": "viridis", "vmin": length.min(), "vmax": length.max()}
    for name, marker, side in (("positive", "o", 1), ("negative", "v", -1)):
        mask = chosen & (frame["direction"].to_numpy() == side)
        label = f"{name}, {mask.sum()} of {len(frame)}"
        points = ax.scatter(
            frame[x][mask], frame[y][mask], c=length[mask], marker=marker, label=label, **look
        )
    ax.figure.colorbar(points, ax=ax, label="window length", pad=0.02)
    ax.set_xlabel(NAMES.get(x, x))
    ax.set_ylabel(NAMES.get(y, y))
    ax.legend(loc="best", **LEGEND)
    return ax


def bubble_start(result: BubbleStart, ax: Any = None) -> Any:
    """Draw the normalised error of every window, the same with its slope taken off, and the start found.

    Parameters
    ----------
    result : BubbleStart
        From :func:`lppl.bubble_start`.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    """
    ax = new_axes(ax, height=3.6)
    ax.plot(result.lengths, result.normalised, color=FAINT, lw=1.2, label="SSE / (N - 8)")
    ax.plot(result.lengths, result.regularised, color=PRICE, lw=1.2, label="slope taken off")
    when = f"{result.length} observations"
    if result.t1_date is not None:
        when += f", {date_text(result.t1_date)}"
    label = f"start: {when}" + ("\nat the edge of the range" if result.at_edge else "")
    ax.axvline(result.length, color=CRITICAL, ls="--", lw=1.2, label=label)
    ax.margins(x=0.01)
    ax.set_xlabel("window length, observations")
    ax.set_ylabel("normalised squared error")
    ax.legend(loc="best", **LEGEND)
    return ax
