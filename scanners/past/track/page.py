"""The page of ``lppl record``: tables and a reliability diagram in one self-contained file."""

import base64
from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from scanners.past.track.scored import ALL, FallScore, TrackRecord
from scanners.report import html, style
from scanners.report.axes import encode, framed_figure
from scanners.risk.reliability import reliability
from scanners.risk.scores import half_years
from scanners.risk.sizes import words

FEWEST = 50  # outcomes below which no diagram is drawn
HEADS = (
    "fall",
    "within",
    "version",
    "stated",
    "due",
    "chance",
    "came",
    "usual",
    "Brier",
    "of usual",
    "skill",
)


def render(found: TrackRecord, table: pd.DataFrame) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    found : TrackRecord
    table : pandas.DataFrame
        That it was scored on, for the diagram.
    """
    drawn = max((one for one in found.scores if one.version == ALL), key=lambda one: one.due, default=None)
    chosen = next(
        (one for one in found.scores if (one.size, one.horizon, one.version) == ("10", 60, ALL)), drawn
    )
    picture = None
    if chosen is not None and chosen.due >= FEWEST:
        picture = base64.b64encode(encode(diagram(chosen, table))).decode("ascii")
    return html.page(
        "record.html",
        found=found,
        heads=HEADS,
        rows=list(score_rows(found)),
        alarms=list(alarm_rows(found)),
        bands=[] if chosen is None else [(chosen.size, chosen.horizon, chosen.bands)],
        fall=lambda size: words(size if size.endswith("s") else float(size)),
        picture=picture,
    )


def score_rows(found: TrackRecord) -> Iterator[tuple[str, ...]]:
    """Yield a row of text a score, as the table shows it; empty cells where nothing is due."""
    for one in found.scores:
        yield (
            words(one.size if one.size.endswith("s") else float(one.size)),
            f"{one.horizon}",
            one.version,
            f"{one.stated}",
            f"{one.due}",
            *(_percent(value) for value in (one.chance, one.came, one.usual)),
            *("" if value is None else f"{value:.4f}" for value in (one.brier, one.brier_usual)),
            "" if one.skill is None else str(one.skill),
        )


def alarm_rows(found: TrackRecord) -> Iterator[tuple[str, ...]]:
    """Yield a row of text a risk that was raised."""
    for one in found.alarms:
        yield (
            one.risk,
            f"{one.begun}",
            f"{one.due}",
            *(_percent(value) for value in (one.chance, one.came, one.usual)),
        )


def diagram(one: FallScore, table: pd.DataFrame) -> Figure:
    """Draw how often a fall came against how likely it was stated to be, with the band of right chances."""
    rows = table[(table["size"] == one.size) & (table["horizon"] == one.horizon) & table["followed"].notna()]
    chance, came = (rows[name].to_numpy(dtype=float) for name in ("chance", "followed"))
    found = reliability(chance, came, half_years(pd.DatetimeIndex(rows["session"]).to_numpy()))
    with rc_context(style.RC):
        size = words(one.size if one.size.endswith("s") else float(one.size))
        title = f"A fall of {size} within {one.horizon} sessions"
        figure = framed_figure(5.6, title, "", f"{one.due} statements whose horizon has passed")
        ax = figure.add_axes((0.085, 0.1, 0.89, 0.74))
        ax.fill_between(found.stated, found.low, found.high, color=style.FAINT, alpha=0.3, linewidth=0)
        most = float(max(found.stated.max(), found.followed.max(), 0.05)) * 1.05
        ax.plot([0, most], [0, most], color=style.FAINT, linewidth=1, linestyle=(0, (2, 2)))
        ax.step(found.stated, found.followed, where="mid", color=style.UP, linewidth=1.8)
        ax.set_xlim(0, most)
        ax.set_ylim(0, min(1.0, float(np.max([most, found.high.max()]))))
        ax.set_xlabel("stated chance")
        ax.set_ylabel("how often the fall came (band: 90% where all chances are right)")
    return figure


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"
