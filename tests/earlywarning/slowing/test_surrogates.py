import numpy as np
import pytest
from arch.bootstrap import optimal_block_length
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from scipy.signal import lfilter

from earlywarning import surrogates
from earlywarning._kernels import paths as _kernels_paths
from earlywarning.slowing.block_length import block_length
from earlywarning.slowing.surrogate import FAMILIES


def garch_walk(n, seed=0, omega=0.05, alpha=0.1, beta=0.85, nu=5):
    rng = np.random.default_rng(seed)
    shocks = rng.standard_t(nu, (1, n + 499)) * np.sqrt((nu - 2) / nu)
    out = np.empty((1, n))
    _kernels_paths.garch_walk(shocks, 0.0, omega, alpha, beta, omega / (1 - alpha - beta), 3.0, 500, out)
    return out[0]


def lag1(x):
    return np.corrcoef(x[:-1], x[1:])[0, 1]


@pytest.fixture(scope="module")
def walk():
    return garch_walk(1500)


@pytest.mark.parametrize("kind", FAMILIES)
def test_shape_seed_and_prefix(walk, kind):
    x = walk[:300]
    paths = surrogates(x, kind, n=120, seed=7)
    assert paths.shape == (120, 300)
    assert np.isfinite(paths).all()
    assert_array_equal(surrogates(x, kind, n=50, seed=7), paths[:50])
    assert not np.allclose(surrogates(x, kind, n=50, seed=8), paths[:50])
    assert len(np.unique(paths[:, 150])) > 60


@pytest.mark.parametrize("kind", ["random_walk", "garch", "block"])
def test_walks_start_where_the_data_do_and_step_as_they_do(walk, kind):
    paths = surrogates(walk, kind, n=300)
    assert_array_equal(paths[:, 0], walk[0])
    steps = np.diff(paths)
    assert steps.std() == pytest.approx(np.diff(walk).std(), rel=0.15)
    assert abs(steps.mean() - np.diff(walk).mean()) < 4 * steps.std() / np.sqrt(steps.size)


@pytest.mark.parametrize("kind", ["garch", "block"])
def test_volatility_clusters_where_it_should(walk, kind):
    clustering = [lag1(np.abs(np.diff(path))) for path in surrogates(walk, kind, n=100)]
    plain = [lag1(np.abs(np.diff(path))) for path in surrogates(walk, "random_walk", n=100)]
    assert np.mean(clustering) > np.mean(plain) + 0.05


def test_garch_parameters_come_back():
    """Variance, tails and clustering of the surrogates are those of the simulated source."""
    x = garch_walk(5000, seed=3)
    steps = np.diff(surrogates(x, "garch", n=100))
    assert steps.var() == pytest.approx(1.0, rel=0.3)
    assert stats.kurtosis(steps, axis=None) > 2


def test_garch_walks_drift_as_the_data_do_when_their_tails_are_skewed():
    """The mean that a t-likelihood fits to skewed steps is a third of a standard deviation off here."""
    steps = np.random.default_rng(5).exponential(1.0, 800)
    drift = np.diff(surrogates(np.cumsum(steps), "garch", n=400)).mean(axis=1)
    error = drift.std() / np.sqrt(drift.size)
    assert abs(drift.mean() - steps[1:].mean()) < 4 * error


def test_garch_walk_is_the_recursion():
    shocks = np.random.default_rng(0).normal(size=(2, 30))
    out = np.empty((2, 21))
    _kernels_paths.garch_walk(shocks, 0.1, 0.2, 0.3, 0.4, 1.5, 9.0, 10, out)
    for path in range(2):
        h, level, expected = 1.5, 9.0, [9.0]
        for t, z in enumerate(shocks[path]):
            shock = np.sqrt(h) * z
            if t >= 10:
                level += 0.1 + shock
                expected.append(level)
            h = 0.2 + 0.3 * shock**2 + 0.4 * h
        assert_allclose(out[path], expected, rtol=1e-12)


@pytest.mark.parametrize("n", [20, 200, 3000])
@pytest.mark.parametrize("phi", [0.0, 0.6, 0.99])
def test_blocks_are_as_long_as_arch_makes_them(n, phi):
    x = lfilter([1], [1, -phi], np.random.default_rng(n).normal(size=n))
    for values in (x, np.abs(x)):
        assert_allclose(block_length(values), optimal_block_length(values)["stationary"].iloc[0], rtol=1e-9)


@pytest.mark.parametrize("kind", ["ar1", "arma"])
def test_stationary_families_keep_mean_variance_and_memory(kind):
    noise = np.random.default_rng(1).normal(size=5500)
    x = 4 + lfilter([1, 0.5] if kind == "arma" else [1], [1, -0.8], noise)[500:]
    paths = surrogates(x, kind, n=100)
    assert paths.mean() == pytest.approx(x.mean(), abs=0.1)
    assert paths.var() == pytest.approx(x.var(), rel=0.1)
    assert np.mean([lag1(path) for path in paths]) == pytest.approx(lag1(x), abs=0.01)


def test_arma_finds_the_moving_average():
    noise = np.random.default_rng(2).normal(size=5000)
    x = lfilter([1, 0.7], [1], noise)
    second = np.mean([np.corrcoef(path[:-2], path[2:])[0, 1] for path in surrogates(x, "arma", n=100)])
    assert second == pytest.approx(0, abs=0.03)
    assert lag1(surrogates(x, "arma", n=1)[0]) == pytest.approx(0.7 / 1.49, abs=0.05)


def test_iaaft_keeps_the_values_and_the_spectrum():
    x = np.exp(lfilter([1], [1, -0.9], np.random.default_rng(3).normal(size=600))[100:] * 0.3)
    paths = surrogates(x, "iaaft", n=20)
    assert_array_equal(np.sort(paths, axis=1), np.tile(np.sort(x), (20, 1)))
    size, expected = np.abs(np.fft.rfft(paths, axis=1)), np.abs(np.fft.rfft(x))
    assert np.mean(np.abs(size - expected)) < 0.03 * expected[1:].mean()


def test_near_unit_root_surrogates_are_stationary_from_the_start():
    x = lfilter([1], [1, -0.995], np.random.default_rng(4).normal(size=4000))[2000:]
    paths = surrogates(x, "ar1", n=400)
    assert paths[:, 0].var() == pytest.approx(paths[:, -1].var(), rel=0.3)


@pytest.mark.parametrize(
    "x, kind, message",
    [
        (np.arange(100.0) ** 2, "fractal", "surrogates must be one of"),
        (np.arange(100.0), "garch", "whose steps vary"),
        (np.ones(100), "ar1", "whose steps vary"),
        (np.random.default_rng(0).normal(size=40), "garch", "at least 51 values, got 40"),
        (np.random.default_rng(0).normal(size=15), "ar1", "at least 20 values, got 15"),
        (np.r_[np.random.default_rng(0).normal(size=40), np.nan], "ar1", "without gaps"),
    ],
)
def test_errors_say_what_is_wrong(x, kind, message):
    with pytest.raises(ValueError, match=message):
        surrogates(x, kind, n=2)
