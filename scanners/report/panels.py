"""The small panels of a series' page: one figure each, and one held at a time.

A package adds panels by entry points of the group ``lppl_scanner.panels``: a function that takes a `Shown`
and yields what `panel` makes. They come after ours.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

import earlywarning
import lppl
from earlywarning.plot.explosive import plot_explosive
from earlywarning.plot.trends import indicator_panel
from lppl.core.frequency import bars_of
from lppl.fitting.fitting import row
from scanners.core import plugins
from scanners.core.errors import CommandError
from scanners.evidence.bifurcation import Measured, bootstrap
from scanners.evidence.bubble import CriticalTime
from scanners.evidence.series_fits import Fits
from scanners.report import style
from scanners.report.axes import new_figure, price_levels
from scanners.report.past import closes
from scanners.report.window_panels import draw_lengths, draw_windows

TestedFit = lppl.LogPeriodicity | None
WIDTH, HEIGHT, TALL = 5.2, 3.2, 4.9


@dataclass(frozen=True, eq=False)
class Panel:
    """A figure with what it shows and how to read it."""

    title: str
    note: str
    figure: Figure


@dataclass(frozen=True, eq=False)
class Shown:
    """What there is to draw of a series.

    Parameters
    ----------
    fits : Fits
        Of the series.
    time : CriticalTime or None
        Interval of tc to shade.
    tested : lppl.LogPeriodicity or None
        Of the fit shown, where it was tested.
    measured : Measured or None
        Trend, portrait and explosive root, when the history is long enough.
    """

    fits: Fits
    time: CriticalTime | None
    tested: TestedFit
    measured: Measured | None


def panels(shown: Shown) -> Iterator[Panel]:
    """Yield the panels of a series, ours and then those of other packages, as far as there is any to draw."""
    for make in OURS:
        yield from make(shown)
    for name in plugins.names(plugins.PANELS):
        try:
            yield from plugins.load(plugins.PANELS, name)(shown)
        except Exception as error:  # noqa: BLE001  a plug-in may raise anything, and a page is never lost with it
            why = str(error) if isinstance(error, CommandError) else type(error).__name__
            yield panel(name, f"This panel of another package failed: {why}", lambda ax: ax)


def _window_panels(shown: Shown) -> Iterator[Panel]:
    fits, time = shown.fits, shown.time
    yield panel(
        "Where each window puts tc",
        "A point a window, filled when it qualifies; the band is the middle 80% of those. Points in a line "
        "at an edge were stopped by the search box.",
        lambda ax: _untitled(draw_windows(fits, time, ax)),
    )
    yield panel(
        "Which lengths qualify",
        "Share of the windows of similar length that pass each filter that decides.",
        lambda ax: _untitled(draw_lengths(fits, ax)),
    )
    yield panel(
        "Parameters of the windows",
        "Exponent and angular log-frequency; windows that qualify are coloured by their length. A cloud that "
        "holds together is a shape that many scales agree on.",
        lambda ax: lppl.plot.parameter_cloud(fits.windows, fits.qualified, ax=ax),
    )


def _fit_panels(shown: Shown) -> Iterator[Panel]:
    fits, tested = shown.fits, shown.tested
    if fits.shown is None:
        return
    fit, prices = row(fits.windows, fits.shown), closes(fits)
    bars = bars_of(fits.windows.prices.dates)
    yield panel(
        "What the fit leaves",
        f"Log price less the curve in bold above ({fit.n} {bars}), rms {fit.rms:.3f}. Long swings on one "
        "side mean that the curve misses something.",
        lambda ax: lppl.plot.residuals(fit, prices, ax),
    )
    yield panel("Its log-periodicity", _spectrum_note(tested), lambda ax: _spectrum(fits, fit, tested, ax))


def _warning_panels(shown: Shown) -> Iterator[Panel]:
    measured = shown.measured
    if measured is None:
        return
    yield panel(
        "Explosive root",
        "Backward sup ADF against its 95% value; shaded episodes last long enough to count, vermilion in a "
        "rise.",
        lambda ax: _explosive(measured, ax),
    )
    yield panel(
        "Slowing down",
        "Rolling AR(1), variance and restoring rate of what detrending leaves, with Kendall tau and its "
        "p-value against random walks with changing volatility. Rising together is a state: it has not "
        "predicted falls in markets.",
        lambda ax: indicator_panel(measured.trend, ax),
        TALL,
    )
    yield panel(
        "Phase portrait",
        "Rate of change against level. Green zones push back (negative feedback), vermilion ones push away; "
        "filled points are stable. Dashed: a random walk would look like this.",
        lambda ax: _portrait(measured, ax),
        TALL,
    )


def _published_panels(shown: Shown) -> Iterator[Panel]:
    """Yield what a preset says that was asked for beside the windows that decide, by its name."""
    fits = shown.fits.published
    if fits is None:
        return
    name = fits.preset.name
    said = f"{int(fits.qualified.sum())} of {len(fits.windows)} windows qualify"
    yield panel(
        f"{name}: where each window puts tc",
        f"Asked for beside what decides, and no part of the verdict. {said}.",
        lambda ax: _untitled(draw_windows(fits, None, ax)),
    )
    yield panel(
        f"{name}: which lengths qualify",
        "Share of its windows of similar length that pass each of its filters.",
        lambda ax: _untitled(draw_lengths(fits, ax)),
    )


OURS = (_window_panels, _fit_panels, _warning_panels, _published_panels)


def panel(title: str, note: str, draw: Callable[[Any], Any], height: float = HEIGHT) -> Panel:
    """Return a panel in the frame and style of all: ``draw`` takes the axes and returns them.

    Parameters
    ----------
    title, note : str
        What it shows; how to read it.
    draw : callable
        Axes -> axes.
    height : float
        Inches.
    """
    with rc_context(style.RC):
        figure = new_figure(WIDTH, height)
        # A fixed frame: a layout engine draws everything twice.
        figure.subplots_adjust(left=0.14, right=0.97, top=1 - 0.3 / height, bottom=0.46 / height)
        ax = draw(figure.add_subplot())
        if not (ax.get_title("left") or ax.get_title()):
            figure.subplots_adjust(top=1 - 0.1 / height)
        for each in (ax, *ax.child_axes):
            if hasattr(each.xaxis.get_major_locator(), "tz"):
                locator = AutoDateLocator(minticks=3, maxticks=8)
                each.xaxis.set_major_locator(locator)
                each.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    return Panel(title, note, figure)


def _untitled(ax: Any) -> Any:
    ax.set_title("")  # the page says it
    return ax


def _spectrum(fits: Fits, fit: lppl.Fit, tested: TestedFit, ax: Any) -> Any:
    if tested is not None:
        return _untitled(lppl.plot.lomb(tested, ax))
    omega, power = lppl.log_periodogram(fit, closes(fits), space=fits.preset.space)
    return lppl.plot.spectrum(omega, power, ax, fitted=fit.omega)


def _spectrum_note(tested: TestedFit) -> str:
    said = "Lomb spectrum in the logarithm of the time to tc. "
    if tested is None:
        return said + "Not tested: the fit chose its own frequency, so a peak alone says nothing."
    return said + (
        f"p = {tested.p_value:.2f}: the share of {tested.null_peaks.size} refitted random walks whose "
        "peak is as high."
    )


def _portrait(measured: Measured, ax: Any) -> Any:
    portrait = measured.portrait
    ax = price_levels(portrait.plot(ax))
    ax.set_ylabel("change per bar, %")
    ax.yaxis.set_major_formatter(lambda change, _: f"{100 * change:.3g}")
    ax.set_title(f"{portrait.state}, {'identified' if portrait.identified else 'not identified'}")
    return ax


def _explosive(measured: Measured, ax: Any) -> Any:
    # Beside the whole path stands its own null; what a verdict rests on has the last session's only.
    critical = bootstrap(measured.explosive, measured.seed) if measured.bootstrap else measured.critical
    episodes = earlywarning.explosive_episodes(measured.explosive, critical)
    ax = plot_explosive(measured.explosive, critical, ax, episodes=episodes)
    ax.set_title(f"BSADF {measured.explosive.statistic:.2f} today; {len(episodes)} episodes")
    return ax
