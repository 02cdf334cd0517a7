"""The picture of a stored series: its closes, and where something was found."""

from datetime import date

from matplotlib import rc_context
from matplotlib.figure import Figure

from scanners.prices.series_summary import SeriesSummary
from scanners.report import fonts, style
from scanners.report.axes import framed_figure, price_axis

_COLOURS = {"error": style.UP, "warning": style.CRITICAL_TIME}
_EPOCH = date(1970, 1, 1)


def price_picture(summary: SeriesSummary) -> Figure:
    """Draw adjusted closes on a log axis, with a line at every session of an error or a warning."""
    history = summary.history
    days = history.sessions.astype(float)
    said = history.provenance
    errors = sum(finding.severity == "error" for finding in summary.findings)
    with rc_context(style.RC):
        figure = framed_figure(
            5.2,
            fonts.drawable(f"{history.series}, {history.sessions[-1]}", "series"),
            f"{errors} error{'s' * (errors > 1)}" if errors else "sound",
            fonts.drawable(f"{said['source']} {said['symbol']} {said['currency']}".strip(), said["source"]),
        )
        ax = figure.add_axes((0.085, 0.09, 0.89, 0.74))
        price_axis(ax, history.close)
        ax.plot(days, history.close, color=style.INK, linewidth=1.1, label="close, adjusted")
        for severity, colour in _COLOURS.items():
            label = severity
            for day in _sessions(summary, severity):
                ax.axvline(day, color=colour, linewidth=0.9, alpha=0.6, label=label)
                label = "_nolegend_"
        ax.set_xlim(days[0], days[-1])
        ax.legend(loc="upper left", ncols=3)
    return figure


def _sessions(summary: SeriesSummary, severity: str) -> list[float]:
    named = (finding.sessions for finding in summary.findings if finding.severity == severity)
    found = {session for sessions in named for session in sessions}
    return sorted((session - _EPOCH).days for session in found)
