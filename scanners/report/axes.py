"""Figures and axes that every picture shares: the heading, log prices, dates, today."""

import io
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from scanners.report import fonts, style

AHEAD = 90  # time units drawn to the right of the last close
WIDTH = 8.4  # inches: type stays readable when a mail shows the picture 600 pixels wide
HEADING = 0.68  # inches at the top of a figure for title, level and subtitle
_TODAY: dict[str, Any] = {"color": style.MUTED, "linewidth": 0.9, "linestyle": (0, (2, 2))}
_APART = 0.12  # of the axis: prices nearer than that would write over each other


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of this size in inches that belongs to no window system."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def in_days(dates: Iterable[str] | pd.Index) -> np.ndarray:
    """Return dates as days and parts of days since 1970, as a time axis of matplotlib takes them."""
    civil = pd.DatetimeIndex(list(dates)).tz_localize(None)
    return civil.to_numpy().astype("datetime64[s]").astype(float) / 86_400


def framed_figure(height: float, title: str, level: str, subtitle: str, risk: str = "") -> Figure:
    """Return an empty figure of this height in inches with its heading; the level colours it."""
    figure = new_figure(WIDTH, height)
    colour = style.LEVEL_COLOURS.get(level.partition(",")[0], style.LEVEL_COLOURS["no verdict"])[0]
    first, second = 1 - 0.3 / height, 1 - 0.55 / height
    bold: dict[str, Any] = {"fontweight": "bold", "gid": "heading-1", "parse_math": False}
    figure.text(0.03, first, title, fontsize=14, fontfamily=list(fonts.families()), **bold)
    state = " \N{MIDDLE DOT} ".join(filter(None, (level, risk and f"risk {risk}")))
    figure.text(
        0.975, first, state.upper(), fontsize=12, ha="right", color=colour, **bold | {"gid": "heading-2"}
    )
    figure.text(0.03, second, subtitle, fontsize=10, color=style.MUTED, gid="heading-3", parse_math=False)
    return figure


def encode(figure: Figure, suffix: str = ".png", dpi: int | None = None) -> bytes:
    """Return the picture as ``.png``, ``.svg`` or ``.pdf`` bytes, the same for the same picture.

    Parameters
    ----------
    figure : Figure
    suffix : str
    dpi : int, optional
        Dots an inch of a PNG; that of the style if left out.
    """
    stamps: dict[str, dict[str, Any]] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    if suffix not in stamps:
        raise ValueError(f"a picture's name must end in {', '.join(stamps)}, got {suffix!r}")
    _place_labels(figure)
    content = io.BytesIO()
    with rc_context(style.RC):
        figure.savefig(
            content, format=suffix[1:], metadata=stamps[suffix], dpi=dpi or style.RC["savefig.dpi"]
        )
    return content.getvalue()


def _place_labels(figure: Figure) -> None:
    """Give labels without text a place: else matplotlib seeks one past all ticks, a tenth of the drawing."""
    for ax in figure.axes:
        for each in (ax, *ax.child_axes):
            for axis in (each.xaxis, each.yaxis):
                if not axis.get_label_text():
                    axis.set_label_coords(0.0, 0.0)


def price_axis(ax: Axes, closes: np.ndarray, headroom: float = 0.32) -> None:
    """Give an axis the log scale of these closes, with room for a legend, and dates."""
    span = np.log(closes.max() / closes.min())
    ax.set_yscale("log")
    ax.set_ylim(closes.min() * np.exp(-0.06 * span), closes.max() * np.exp(headroom * span))
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)) if span > np.log(4) else MaxNLocator(6))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())
    date_axis(ax)


def price_levels(ax: Axes) -> Axes:
    """Give a horizontal axis of log prices ticks at prices, and return the axes."""
    low, high = (float(np.exp(bound)) for bound in ax.get_xlim())
    prices: list[float] = []
    for price in MaxNLocator(6).tick_values(low, high):
        apart = np.log(price / prices[-1]) if prices else np.inf
        if low <= price <= high and apart >= _APART * np.log(high / low):
            prices.append(float(price))
    ax.set_xticks(np.log(prices), [f"{price:,.6g}" for price in prices])
    ax.set_xlabel("price, log scale")
    return ax


def date_axis(ax: Axes, most: int = 9) -> None:
    """Give an axis at most so many readable dates."""
    locator = AutoDateLocator(minticks=4, maxticks=most)
    ax.xaxis.set_major_locator(locator)
    formats = ["%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M", "%S"]
    ax.xaxis.set_major_formatter(
        ConciseDateFormatter(
            locator, formats=formats, zero_formats=["", "%Y", "%b %Y", *formats[3:]], show_offset=False
        )
    )
    ax.grid(axis="x", visible=False)


def mark_today(ax: Axes, today: float) -> None:
    """Draw the last session, a day number, as a line."""
    ax.axvline(today, **_TODAY)
