"""The page of ``lppl skill``: tables and precision-recall curves in one self-contained file."""

import base64

from matplotlib import rc_context
from matplotlib.figure import Figure

from scanners.past.skill.study import Study
from scanners.past.skill.tables import HOW_TO_READ, critical_time, tables
from scanners.report import fonts, html, style
from scanners.report.axes import encode, framed_figure
from scanners.report.style import LEVEL_COLOURS

_COLOURS = (style.UP, style.DOWN, "#009e73", "#cc79a7", "#e69f00", "#56b4e9", style.INK)


def render(study: Study) -> str:
    """Return the page as HTML."""
    picture = base64.b64encode(encode(curves_picture(study))).decode("ascii")
    return html.page(
        "skill.html",
        study=study,
        tables=tables(study),
        time=critical_time(study),
        how=HOW_TO_READ,
        picture=picture,
    )


def curves_picture(study: Study) -> Figure:
    """Draw precision against recall of major tops within 60 sessions, from rare alarms to frequent ones."""
    with rc_context(style.RC):
        title = fonts.drawable(f"Panel {study.panel}, {study.first} to {study.last}", "panel")
        subtitle = (
            f"{len(study.series)} series, {study.series_years:.0f} series-years; each point a threshold"
        )
        figure = framed_figure(5.6, title, "", subtitle)
        ax = figure.add_axes((0.085, 0.1, 0.89, 0.74))
        for k, (label, points) in enumerate(study.curves.items()):
            if points:
                recall, precision, _ = zip(*points, strict=True)
                width = 2.2 if k == 0 else 1.2
                colour = _COLOURS[k % len(_COLOURS)]
                ax.plot(recall, precision, ".-", color=colour, linewidth=width, label=label)
        for level in study.levels:
            hits = level.targets["major top in 60"]
            if hits.share is not None and level.recall[60] is not None:
                colour = LEVEL_COLOURS[level.signal][0]
                ax.plot(level.recall[60], hits.share, "s", color=colour, markersize=9, label=level.signal)
        measured = (one.targets["major top in 60"].random for one in study.sensitivity if one.episodes)
        base = next(measured, None)
        if base is not None:
            ax.axhline(base, color=style.FAINT, linewidth=1, linestyle=(0, (2, 2)))
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1)
        ax.set_xlabel("recall: major tops with an alarm in the 60 sessions up to them")
        ax.set_ylabel("precision: alarms followed by one")
        ax.legend(loc="upper right", ncols=2)
    return figure
