"""Pictures of shares: of resampled refits by window, and of null paths by confidence."""

from typing import TYPE_CHECKING, Any

import numpy as np

from lppl.plot.style import FAINT, LEGEND, NEGATIVE, POSITIVE, new_axes

if TYPE_CHECKING:
    from lppl.indicators.confidence_significance import Significance
    from lppl.indicators.trust_indicator import Trust

RULE_OF_THUMB = 0.05  # share of refits that published studies call trust


def trust(result: "Trust", ax: Any = None) -> Any:
    """Draw the share of refits that qualify in every window, and the median over windows.

    Parameters
    ----------
    result : Trust
        What to draw.
    ax : matplotlib.axes.Axes, optional
        Where; a new figure's by default.
    """
    ax = new_axes(ax, height=3.6)
    lengths, shares = np.array(result.lengths), np.array(result.shares)
    sides = (("positive", POSITIVE, "o", result.positive), ("negative", NEGATIVE, "v", result.negative))
    for column, (name, color, marker, median) in enumerate(sides):
        label = f"{name} bubble, median {median:.2f}"
        ax.plot(lengths, shares[:, column], marker, color=color, ms=4, label=label)
        ax.axhline(median, color=color, lw=1.0)
    ax.axhline(RULE_OF_THUMB, color=FAINT, ls=":", label=f"published rule of thumb {RULE_OF_THUMB:g}")
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlabel("window length")
    ax.set_ylabel(f"share of {result.resamples} refits")
    ax.legend(loc="best", **LEGEND)
    return ax


def significance(result: "Significance", ax: Any = None) -> Any:
    """Draw how many null paths reach each confidence, and the confidence of the series.

    Parameters
    ----------
    result : Significance
        What to draw.
    ax : matplotlib.axes.Axes, optional
        Where; a new figure's by default.
    """
    ax = new_axes(ax, height=3.6)
    sides = (
        ("positive", POSITIVE, result.null_positive, result.positive, result.p_positive),
        ("negative", NEGATIVE, result.null_negative, result.negative, result.p_negative),
    )
    for name, color, null, value, p in sides:
        reached = np.concatenate([[0.0], np.sort(null), [null.max()]])
        share = np.concatenate([[1.0], 1.0 - np.arange(null.size + 1) / null.size])
        ax.step(reached, share, where="pre", color=color, lw=1.2, label=f"null paths, {name}")
        ax.axvline(value, color=color, ls="--", lw=1.2, label=f"series, {name}: {value:.2f} (p = {p:.2g})")
    ax.set_xlim(left=0.0)
    ax.set_ylim(0.0, 1.02)
    ax.set_xlabel("confidence")
    ax.set_ylabel("share of paths that reach it")
    ax.legend(loc="best", **LEGEND)
    return ax
