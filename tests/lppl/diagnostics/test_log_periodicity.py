"""The Lomb spectrum equals a sinusoid fitted at every frequency; its peak is judged by refitted paths."""

import numpy as np
import pytest
import reference_lppl_diagnostics as slow
from scipy.signal import lombscargle

import lppl
from lppl._kernels.lomb import lomb

SPACE = lppl.SearchSpace(m=(0.1, 0.9), omega=(4, 15), horizon_fraction=(0, 0.3))


def test_kernel_equals_twin_and_scipy():
    rng = np.random.default_rng(0)
    x, y = np.sort(rng.uniform(-1, 6, 150)), 3.0 + rng.standard_normal(150)
    omegas = np.linspace(1, 50, 200)
    power = lomb(x, y, omegas)
    np.testing.assert_allclose(power, [slow.lomb_power(x, y, w) for w in omegas], rtol=1e-9)
    np.testing.assert_allclose(power, lombscargle(x, y - y.mean(), omegas) / y.var(ddof=1), rtol=1e-9)


def test_a_sinusoid_takes_all_the_power():
    x = np.sort(np.random.default_rng(1).uniform(0, 6, 400))
    omegas = np.linspace(2, 30, 281)
    power = lomb(x, np.sin(9.0 * x + 1.0), omegas)
    assert abs(omegas[np.argmax(power)] - 9.0) < 0.11
    assert 0.97 * 399 / 2 < power.max() <= 399 / 2  # the mean is taken off first


@pytest.fixture(scope="module")
def bubble():
    rng = np.random.default_rng(0)
    curve = lppl.log_price(np.arange(150), 155.0, 0.5, 8.0, 5.0, -0.08, 0.006, 0.0)
    prices = np.exp(curve + 0.003 * rng.standard_normal(150))
    return prices, lppl.fit(prices, space=SPACE)


def test_a_log_periodic_bubble_is_significant(bubble):
    prices, fit = bubble
    found = lppl.log_periodicity(fit, prices, space=SPACE, resamples=39, seed=1)
    assert found.p_value == 1 / 40
    assert abs(found.peak_omega - 8.0) < 0.5
    assert found.fit_omega == fit.omega
    assert found.peak_power == found.power.max()


def test_the_spectrum_is_that_of_the_definition(bubble):
    prices, fit = bubble
    found = lppl.log_periodicity(fit, prices, space=SPACE, resamples=1, min_periods=3.0)
    tau = fit.tc - np.arange(150)
    detrended = tau**-fit.m * (np.log(prices) - fit.A - fit.B * tau**fit.m)
    omega, power = lppl.log_periodogram(fit, prices, space=SPACE, min_periods=3.0)
    np.testing.assert_array_equal([omega, power], [found.omega, found.power])
    periods = found.omega[0] / (2 * np.pi) * np.log(tau[0] / tau[-1])
    assert periods == pytest.approx(3.0)
    assert found.omega[-1] == SPACE.omega[1]
    np.testing.assert_allclose(
        found.power, [slow.lomb_power(np.log(tau), detrended, w) for w in found.omega], rtol=1e-6
    )


def test_the_null_refits_every_path(bubble):
    prices, fit = bubble
    found = lppl.log_periodicity(fit, prices, space=SPACE, resamples=2, seed=4, null="block")
    for path, peak in zip(lppl.null_paths(prices, "block", 2, seed=4), found.null_peaks, strict=True):
        again = lppl.log_periodicity(lppl.fit(path, space=SPACE), path, space=SPACE, resamples=1)
        np.testing.assert_allclose(again.peak_power, peak, rtol=1e-6)


def test_a_walk_is_not_significant(bubble):
    """Textbook significance at such peaks would be far below 1e-6."""
    walk = lppl.null_paths(bubble[0], "random_walk", 1, seed=11)[0]
    found = lppl.log_periodicity(lppl.fit(walk, space=SPACE), walk, space=SPACE, resamples=39, seed=2)
    assert found.p_value > 0.05
    assert np.exp(-found.peak_power) < 1e-6


def test_seeded_and_the_same_for_two_threads(bubble):
    prices, fit = bubble
    one, two, other = (
        lppl.log_periodicity(fit, prices, space=SPACE, resamples=4, seed=seed, n_jobs=jobs).to_dict()
        for seed, jobs in ((2, 1), (2, 2), (3, 1))
    )
    assert one == two != other


def test_bad_arguments(bubble):
    prices, fit = bubble
    with pytest.raises(ValueError, match="min_periods must be positive"):
        lppl.log_periodicity(fit, prices, space=SPACE, min_periods=0.0)
    with pytest.raises(ValueError, match="resamples must be at least 1"):
        lppl.log_periodicity(fit, prices, space=SPACE, resamples=0)
    with pytest.raises(ValueError, match="prices and space must be those of the fit"):
        lppl.log_periodicity(fit, prices, space=lppl.SearchSpace(omega=(2, 4)))


def test_html(bubble):
    prices, fit = bubble
    assert (
        "highest peak at omega" in lppl.log_periodicity(fit, prices, space=SPACE, resamples=1)._repr_html_()
    )


def test_plot_shows_spectrum_peak_and_threshold(bubble):
    prices, fit = bubble
    found = lppl.log_periodicity(fit, prices, space=SPACE, resamples=4)
    ax = found.plot()
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), found.power)
    assert ax.lines[1].get_xdata()[0] == found.peak_omega
    assert ax.lines[3].get_ydata()[0] == np.quantile(found.null_peaks, 0.95)
