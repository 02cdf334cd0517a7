"""The map of a list over a year as a picture for notes and slides; it draws what the page shows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from scanners.core.errors import CommandError
from scanners.core.run_files import write_file
from scanners.report import fonts, style
from scanners.report.axes import encode, new_figure
from scanners.report.heat import STEPS, HeatMap, Remembered, heat_map, looks_of
from scanners.report.morning import day_in_words
from scanners.scan.plan import Plan
from scanners.verdict.row import JudgedRow, Row
from scanners.verdict.trail import WEEKS

_WIDTH, _ROW, _AROUND = 9.0, 0.24, 1.25  # inches
_COLOURS = [light for light, _ in style.HEAT.values()]


def write_heat_map(path: Path, plan: Plan, rows: Sequence[Row]) -> Path:
    """Draw the year of a run into a file, and return it.

    Raises
    ------
    CommandError
        If the run has no past to show, the file's name has another ending, or it cannot be written.
    """
    series = [
        Remembered(row.name, row.title, row.verdict.level, row.verdict.state, looks_of(row.trail))
        for row in rows
        if isinstance(row, JudgedRow)
    ]
    found = heat_map(series, plan.as_of)
    if not found.rows:
        raise CommandError(f"the run of {plan.as_of} has no past to show: no series was looked at by week")
    try:
        content = encode(heat_picture(found, plan.watchlist, plan.as_of), path.suffix)
    except ValueError as error:
        raise CommandError(str(error)) from error
    write_file(path, content)
    return path


def heat_picture(found: HeatMap, watchlist: str, as_of: str) -> Figure:
    """Draw a map: names at the left, cells by week, the share and the state now at the right."""
    height = _AROUND + _ROW * len(found.rows)
    with rc_context(style.RC):
        figure = new_figure(_WIDTH, height)
        words: dict[str, Any] = {"parse_math": False, "fontfamily": list(fonts.families())}
        title = f"{fonts.drawable(watchlist, 'list')}: a year to {day_in_words(as_of)}"
        figure.text(0.02, 1 - 0.26 / height, title, fontsize=13, fontweight="bold", **words)
        ax = figure.add_axes((0.24, 0.42 / height, 0.56, 1 - _AROUND / height))
        for line, row in enumerate(found.rows):
            _draw_row(ax, line, row.cells)
            name = fonts.drawable(row.title, row.name)
            ax.text(-0.6, line + 0.5, name[:34], ha="right", va="center", fontsize=9, **words)
            now = f"{row.C3:.2f}" if row.C3 is not None else ""
            ax.text(WEEKS + 0.6, line + 0.5, f"{now}  {row.label}", va="center", fontsize=9, **words)
        at = 0
        for name, weeks in found.months:
            if weeks > 2:
                ax.text(at, -0.25, name, fontsize=8, color=style.MUTED)
            at += weeks
        ax.set_xlim(0, WEEKS)
        ax.set_ylim(len(found.rows), 0)
        ax.axis("off")
        named = zip(_COLOURS[1:], STEPS, ("", "", " or warning", " or critical"), strict=True)
        patches = [Patch(color=colour, label=f"{step:.0%}{more}") for colour, step, more in named]
        watch = Patch(color=style.LEVEL_COLOURS["watch"][0], label="price alone worth a watch")
        figure.legend(
            handles=[*patches, watch],
            loc="lower left",
            bbox_to_anchor=(0.01, 0.0),
            ncols=5,
            fontsize=8,
            title="share of windows with the shape of a bubble, as known then; white: nobody looked",
            title_fontsize=8,
            alignment="left",
        )
    return figure


def _draw_row(ax: Any, line: int, cells: Sequence[Any]) -> None:
    at = 0
    for cell in cells:
        if cell.step >= 0:
            for week in range(at, at + cell.weeks):
                box = Rectangle(
                    (week + 0.04, line + 0.08), 0.92, 0.84, color=_COLOURS[cell.step], linewidth=0
                )
                ax.add_patch(box)
        if cell.watch:
            colour = style.LEVEL_COLOURS["watch"][0]
            ax.add_patch(Rectangle((at, line + 0.78), cell.weeks, 0.14, color=colour, linewidth=0))
        at += cell.weeks
