"""Pictures of the critical time: its likelihood in one window, its distributions over windows."""

from typing import TYPE_CHECKING, Any

import numpy as np

from lppl.plot.style import (
    CRITICAL,
    CURVE,
    FAINT,
    LEGEND,
    PRICE,
    interval_label,
    new_axes,
    on_axis,
    stamp,
    time_label,
    time_unit,
)

if TYPE_CHECKING:
    from lppl.critical_times.tc_density import CriticalTime
    from lppl.critical_times.tc_profile import TcProfile
    from lppl.diagnostics.posterior_results import BubblePosterior


def profile(result: "TcProfile", ax: Any = None) -> Any:
    """Draw the profile likelihood of tc in one window, with the cuts of its intervals."""
    ax = new_axes(ax)
    horizon = result.tc - result.t2
    interval = result.interval(min(result.RATIOS))
    low, high = interval.low - result.t2, interval.high - result.t2
    ax.axvspan(low, high, color=CRITICAL, alpha=0.1, lw=0, label=interval_label(interval))
    ax.plot(horizon, np.exp(result.log_profile), color=FAINT, lw=1.4, label="profile likelihood")
    ax.plot(horizon, np.exp(result.log_likelihood), color=CRITICAL, lw=1.8, label="modified")
    for ratio in result.RATIOS:
        ax.axhline(ratio, color=CURVE, lw=0.7, ls=":")
        ax.text(1.005, ratio, f"{ratio:g}", color=CURVE, size="small", transform=ax.get_yaxis_transform())
    ax.axvline(0.0, color=PRICE, lw=0.8)
    ax.set_xlim(horizon[0], horizon[-1])
    ax.set_ylim(0.0, 1.02)
    ax.set_xlabel(f"tc - t2 ({time_unit(result.time, result.dates)}s)")
    ax.set_ylabel("likelihood / largest")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, **LEGEND)
    return ax


def tc_density(result: "CriticalTime", ax: Any = None) -> Any:
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
    quantiles = on_axis([result.quantile(q) for q in result.QUANTILES], checked)
    for q, at, style in zip(result.QUANTILES, quantiles, (":", "--", "-", "--", ":"), strict=True):
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


def tc_posterior(result: "BubblePosterior", ax: Any = None) -> Any:
    """Draw the posterior of tc given a bubble, the prior, and the middle 80% and 95%."""
    ax, x = new_axes(ax), result.tc - result.t2
    before = np.diff(result.distribution("tc", result.tc, prior=True), prepend=0.0)
    label = f"given a {result.side} bubble"
    ax.fill_between(x, result.density, step="pre", color=CRITICAL, alpha=0.3, lw=0, label=label)
    ax.step(x, before, where="pre", color=FAINT, lw=1.2, label="before the data")
    for level, style in ((0.8, "--"), (0.95, ":")):
        for k, end in enumerate(result.interval(level)):
            name = f"middle {level:.0%}" if k == 0 else None
            ax.axvline(end - result.t2, color=CURVE, ls=style, lw=1.0, label=name)
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(0.0, None)
    said = "identified" if result.identified else "not identified"
    title = f"bubble {result.bubble:.2f} (before the data {result.prior:g}), tc {said}"
    ax.set_title(title, fontsize="medium", loc="left")
    ax.set_xlabel(f"tc - t2 ({time_unit('trading', result.dates)}s)")
    ax.set_ylabel(f"probability of a {time_unit('trading', result.dates)}")
    ax.legend(loc="upper right", **LEGEND)
    return ax
