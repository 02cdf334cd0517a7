import io
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

import lppl
from lppl import plot

BUBBLE = {"tc": 214.0, "m": 0.5, "omega": 8.0, "A": 7.0, "B": -0.03, "C1": 0.0015, "C2": 0.001}
DATES = pd.bdate_range("2001-01-01", periods=200)
PRICES = lppl.simulate(200, **BUBBLE, sigma=0.005, dates=DATES)


@pytest.fixture(scope="module")
def critical():
    return lppl.critical_time(PRICES, lengths=[200, 150])


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def line(ax, label):
    return next(each for each in ax.lines if str(each.get_label()).startswith(label))


def drawn(ax):
    """Render the figure: anything wrong with fonts, limits or layout warns, and warnings are errors."""
    picture = io.BytesIO()
    ax.figure.savefig(picture, format="png")
    return len(picture.getvalue())


def test_fit_shows_price_curve_tc_and_interval(critical):
    fit, interval = lppl.fit(PRICES), critical.profiles[0].interval(0.05)
    ax = plot.fit(fit, PRICES, interval=interval)
    assert_allclose(line(ax, "price").get_ydata(), PRICES)
    curve = line(ax, "positive bubble")
    assert_allclose(curve.get_ydata()[:200], np.exp(fit.curve(np.arange(200.0))), rtol=1e-9)
    assert curve.get_xdata()[-1] == np.datetime64(fit.tc_date)
    assert line(ax, "tc").get_xdata()[0] == np.datetime64(fit.tc_date)
    low, high = date2num(interval.low_date), date2num(interval.high_date)
    band = ax.patches[-1].get_extents().transformed(ax.transData.inverted())
    assert_allclose([band.x0, band.x1], [low, high])
    assert ax.get_yscale() == "log"
    assert drawn(ax) > 10_000


def test_fit_in_price_units_without_dates_and_of_an_antibubble():
    fit = lppl.fit(PRICES.to_numpy(), scale="price")
    ax = fit.plot(PRICES.to_numpy())
    assert ax.get_yscale() == "linear"
    assert_allclose(line(ax, "tc").get_xdata(), fit.tc)
    assert ax.get_xlabel() == "observation"
    decay = lppl.simulate(200, **BUBBLE | {"tc": -14.0}, sigma=0.001, dates=DATES)
    found = lppl.fit_antibubble(decay)
    ax = found.plot(decay)
    assert [text.split(":")[0] for text in labels(ax)] == ["price", "antibubble"]  # tc has no date
    assert labels(lppl.fit_antibubble(decay.to_numpy()).plot(decay.to_numpy()))[-1] == f"tc {found.tc:.4g}"
    assert drawn(ax) > 10_000


def test_a_failed_fit_has_no_picture():
    flat = np.full(50, 3.0)
    failed = lppl.fit(flat)
    for draw in (plot.fit, plot.residuals):
        with pytest.raises(ValueError, match="got one that failed: prices do not change"):
            draw(failed, flat)


def test_residuals_are_those_of_the_window():
    longer = lppl.simulate(230, **BUBBLE | {"tc": 250.0}, sigma=0.005)
    fit = lppl.fit(longer[:200])
    ax = plot.residuals(fit, longer)
    shown = ax.lines[-1].get_ydata()
    assert_allclose((shown**2).sum(), fit.sse, rtol=1e-6)
    assert shown.size == 200
    assert drawn(ax) > 5_000


def test_spectrum_marks_its_peak():
    frequencies = np.linspace(1, 20, 50)
    power = np.exp(-((frequencies - 8) ** 2))
    ax = plot.spectrum(frequencies, power, fitted=7.5, threshold=0.5)
    assert_allclose(line(ax, "peak").get_xydata()[0], [frequencies[power.argmax()], power.max()])
    assert labels(ax)[1:] == ["fit's ω = 7.50", "significance"]
    assert drawn(ax) > 5_000
    with pytest.raises(ValueError, match=r"equally long, got shapes \(50,\) and \(49,\)"):
        plot.spectrum(frequencies, power[1:])


def test_log_periodicity_shows_its_test():
    omega = np.linspace(1, 20, 50)
    result = lppl.LogPeriodicity(
        omega=omega,
        power=np.exp(-((omega - 8) ** 2)),
        peak_omega=8.0,
        peak_power=1.0,
        p_value=0.04,
        null_peaks=np.zeros(25),
        null="garch",
        fit_omega=7.5,
    )
    ax = result.plot()
    assert ax.get_title(loc="left") == "peak reached by 4% of 25 null paths (garch)"
    assert labels(ax)[1] == "fit's ω = 7.50"
    assert_allclose(line(ax, "peak").get_xdata(), omega[result.power.argmax()])


def test_profile_shows_both_likelihoods_and_says_when_tc_is_not_identified(critical):
    result = critical.profiles[0]
    ax = result.plot()
    assert_allclose(line(ax, "modified").get_ydata(), np.exp(result.log_likelihood))
    assert_allclose(line(ax, "profile").get_xdata(), result.tc - 199)
    assert not any("not identified" in text for text in labels(ax))
    assert drawn(ax) > 5_000
    box = lppl.SearchSpace(horizon=(-5.0, 14.5), horizon_fraction=None)
    cut = lppl.critical_time(PRICES, lengths=[200], space=box).profiles[0].plot()
    assert any("not identified: runs into the upper bound" in text for text in labels(cut))


def test_density_shows_the_distribution_and_the_windows(critical):
    ax = critical.plot()
    assert_allclose(ax.lines[0].get_ydata(), critical.density)
    assert line(ax, "best fit").get_xdata().size == 2
    median = critical.date(critical.quantile(0.5))
    assert f"50%: {median:%Y-%m-%d}" in labels(ax)
    assert drawn(ax) > 5_000
    empty = lppl.critical_time(PRICES, lengths=[200], filter=lppl.Filter(oscillations=99.0))
    with pytest.raises(ValueError, match="at least one window, got none of 1"):
        empty.plot()


def test_confidence_hangs_under_the_price():
    history = pd.DataFrame({"positive": np.linspace(0, 0.6, 100), "negative": 0.1}, index=DATES[100:])
    ax = plot.confidence_history(history, PRICES)
    upper, lower = ax.figure.axes
    assert upper is ax
    assert_allclose(lower.lines[0].get_ydata(), history["positive"])
    assert lower.get_xlim() == upper.get_xlim()
    assert_allclose(upper.lines[0].get_ydata(), PRICES[100:])  # the same time in both, of a longer series too
    assert lower.get_ylim()[1] >= 0.6
    assert drawn(ax) > 10_000
    assert lower.get_position().y1 < upper.get_position().y0
    named = plot.confidence_history(history.add_prefix("end_flag_"), PRICES, filter="end_flag")
    assert_allclose(named.figure.axes[1].lines[0].get_ydata(), history["positive"])
    with pytest.raises(ValueError, match=r"must have the column 'negative', got \['positive'\]"):
        plot.confidence_history(history[["positive"]], PRICES)
    with pytest.raises(ValueError, match="prices without dates"):
        plot.confidence_history(history, PRICES.to_numpy())
    with pytest.raises(ValueError, match="ax must be a subplot"):
        plot.confidence_history(history, PRICES, Figure().add_axes((0, 0, 1, 1)))


def test_cloud_separates_qualified_windows():
    windows = lppl.fit_windows(PRICES, lengths=range(100, 201, 10))
    qualified = windows.m > np.median(windows.m)
    ax = plot.parameter_cloud(windows, qualified, "length", "horizon")
    others, positive, negative = (np.asarray(each.get_offsets()) for each in ax.collections[:3])
    side = windows.direction[qualified]
    assert [len(others), len(positive), len(negative)] == [
        (~qualified).sum(),
        (side == 1).sum(),
        (side == -1).sum(),
    ]
    assert_allclose(others, np.column_stack([windows.length, windows.horizon])[~qualified])
    assert drawn(ax) > 5_000
    with pytest.raises(ValueError, match="numeric columns of the windows' table, got 'message'"):
        plot.parameter_cloud(windows, qualified, y="message")
    with pytest.raises(ValueError, match=r"qualified must hold 11 flags, got shape \(3,\)"):
        plot.parameter_cloud(windows, [True, False, True])


def test_axes_handed_in_are_used_and_returned(critical):
    fit, box = lppl.fit(PRICES), Figure().subplots(2, 2).ravel()
    assert plot.fit(fit, PRICES, box[0]) is box[0]
    assert plot.residuals(fit, PRICES, box[1]) is box[1]
    assert critical.plot(box[2]) is box[2]
    assert critical.profiles[0].plot(box[3]) is box[3]
    assert all(ax.has_data() for ax in box)


@pytest.mark.ci
def test_matplotlib_loads_with_the_first_picture_and_pyplot_never():
    code = (
        "import sys, lppl.plot\n"
        "assert 'matplotlib' not in sys.modules\n"
        "ax = lppl.plot.spectrum([1, 2], [3, 4])\n"
        "assert type(ax.figure.canvas).__name__ == 'FigureCanvasAgg'\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
