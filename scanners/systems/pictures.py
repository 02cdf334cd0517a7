"""The picture of one monitor, in the frame and type of all pictures of the page."""

from collections.abc import Callable
from typing import Any

from matplotlib import rc_context
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, DateConverter

from scanners.report import style
from scanners.report.axes import encode, framed_figure
from scanners.systems.reading import Reading

_HEIGHT = 3.9


def picture_of(reading: Reading, draw: Callable[[Any], Any]) -> bytes:
    """Return the picture of a reading as PNG.

    Parameters
    ----------
    reading : Reading
    draw : callable
        Draws on axes.
    """
    with rc_context(style.RC):
        figure = framed_figure(_HEIGHT, reading.title, reading.state, reading.estimate)
        ax = figure.add_axes((0.085, 0.13, 0.89, 0.66))
        draw(ax)
        ax.set_title("")  # the heading says it
        for one in (ax, *ax.child_axes):
            if isinstance(one.xaxis.get_converter(), DateConverter):
                locator = AutoDateLocator(minticks=3, maxticks=8)
                one.xaxis.set_major_locator(locator)
                one.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
        return encode(figure)
