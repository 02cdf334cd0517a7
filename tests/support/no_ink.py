"""Pages whose pictures are empty: for tests of what stands beside them, as ink is most of a page's time."""

from functools import cache

from matplotlib.figure import Figure

from scanners.report import axes, series


@cache
def _blank(suffix):
    return axes.encode(Figure((1, 1)), suffix)


def no_ink(patch):
    """Draw nothing in what a worker makes of a series until the patch is undone."""
    patch.setattr(series, "encode", lambda figure, suffix=".png", dpi=None: _blank(suffix))
