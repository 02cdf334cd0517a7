"""The picture of one series' early warnings: indicators, phase portrait and explosive root in one figure."""

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from earlywarning.plot.explosive import plot_explosive
from earlywarning.plot.phase import plot_portrait
from earlywarning.plot.trends import indicator_panel
from scanners.report import fonts, style
from scanners.report.axes import price_levels
from scanners.scan.early_warnings import Warned


def warning_picture(found: Warned) -> Figure:
    """Draw the indicators on the left, the phase portrait over the backward sup ADF on the right.

    Parameters
    ----------
    found : Warned
        What to draw.
    """
    measured = found.measured
    with rc_context(style.RC):
        figure = Figure(figsize=(13, 7.6), layout="constrained")
        FigureCanvasAgg(figure)
        name = fonts.drawable(found.name, "series")
        title = f"{name}, {found.first} to {found.last}: bifurcation {found.state}"
        figure.suptitle(title, fontsize=14, fontweight="bold", x=0.01, ha="left", parse_math=False)
        grid = figure.add_gridspec(2, 2, height_ratios=(1.5, 1))
        panel = indicator_panel(measured.trend, figure.add_subplot(grid[:, 0]))
        drift = price_levels(plot_portrait(measured.portrait, figure.add_subplot(grid[0, 1])))
        drift.set_ylabel("change per bar")
        root = plot_explosive(
            measured.explosive, found.bootstrap, figure.add_subplot(grid[1, 1]), episodes=found.episodes
        )
        for ax in (root, *panel.child_axes):
            ax.xaxis.set_major_locator(AutoDateLocator(maxticks=7))
            ax.xaxis.set_major_formatter(ConciseDateFormatter(ax.xaxis.get_major_locator()))
    return figure
