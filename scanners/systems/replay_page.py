"""The page of a replay: one picture a system, its changes, and the dated events marked."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context

from scanners.report import html, style
from scanners.report.axes import encode, framed_figure
from scanners.systems.dated_events import events
from scanners.systems.page import tone
from scanners.systems.replay import LeadHistory

_HEIGHT = 3.6
_LINES = (("liquidity", ":"), ("claim", "--"))
_COLOURS = {
    "divergent": style.LEVEL_COLOURS["critical"][0],
    "crisis": style.LEVEL_COLOURS["critical"][0],
    "acute": style.UP,
    "changing": style.LEVEL_COLOURS["warning"][0],
    "chronic tightening": style.LEVEL_COLOURS["warning"][0],
    "convergent": style.DOWN,
    "together": style.DOWN,
}


def render(tracks: Sequence[LeadHistory]) -> str:
    """Return the page of a replay as HTML.

    Parameters
    ----------
    tracks : sequence of LeadHistory
        At least one.
    """
    first, last = tracks[0].dates[0], tracks[0].dates[-1]
    items = [
        {
            "track": track,
            "lead": track.readings[-1].title,
            "changes": [(*change, tone(change[1])) for change in track.changes()],
            "picture": base64.b64encode(picture(track)).decode("ascii"),
        }
        for track in tracks
    ]
    return html.page(
        "systems_replay.html", first=html.day(first), last=html.day(last), as_of=last, items=items
    )


def picture(track: LeadHistory) -> bytes:
    """Return the picture of a track as PNG: the number of the lead monitor over the bands of its region."""
    with rc_context(style.RC):
        lead = track.readings[-1]
        said = lead.estimate.split(";")[0]
        under = f"{lead.title}; last {said}" if said else lead.title
        figure = framed_figure(_HEIGHT, track.system.title, track.regions[-1], under)
        ax = figure.add_axes((0.085, 0.13, 0.89, 0.62))
        draw(track, ax)
        return encode(figure)


def draw(track: LeadHistory, ax: Any) -> Any:
    """Draw a track; return the axes."""
    days = pd.DatetimeIndex(track.dates)
    edges = days.append(pd.DatetimeIndex([days[-1] + pd.Timedelta(days=30)]))
    for place, region in enumerate(track.regions):
        colour = _COLOURS.get(region)
        if colour is not None:
            ax.axvspan(edges[place], edges[place + 1], color=colour, alpha=0.28, lw=0)
    values = np.array([np.nan if one.value is None else one.value for one in track.readings], float)
    if np.isfinite(values).any():
        ax.plot(days, values, color=style.INK, linewidth=1.2, marker=".", markersize=3)
        if np.nanmin(values) < 0 < np.nanmax(values):
            ax.axhline(0.0, color=style.INK, linewidth=0.6)
    ax.set_xlim(days[0], edges[-1])
    marked = [(one.span[0], one.name, line) for use, line in _LINES for one in events(use)]
    last = days[0]
    for day, name, line in sorted(one for one in marked if days[0] <= one[0] <= days[-1]):
        ax.axvline(day, color=style.MUTED, linestyle=line, linewidth=0.9)
        # Upright at its line: above the picture it would run into the heading, and into a near one's name.
        side = "left" if day - last < 0.02 * (days[-1] - days[0]) else "right"
        where = {"ha": side, "va": "bottom", "transform": ax.get_xaxis_transform()}
        ax.text(day, 0.02, name, rotation=90, fontsize=6.5, color=style.INK, **where)
        last = day
    seen = [name for name in _COLOURS if name in track.regions]
    for name in seen:
        ax.plot([], [], color=_COLOURS[name], linewidth=6, alpha=0.4, label=name)
    if seen:
        ax.legend(loc="upper left", ncols=len(seen), frameon=True, framealpha=0.8, edgecolor="none")
    return ax
