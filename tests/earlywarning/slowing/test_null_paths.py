"""Null paths go side by side: each number has the bits that a path alone, or numpy, gives it."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from earlywarning._kernels.paths import garch_walk, walk_paths
from earlywarning._kernels.walks import garch_walks, walks
from earlywarning.core.student_noise import standard_t
from earlywarning.slowing.detrending import Detrending
from earlywarning.slowing.indicators import compute, indicator, side_by_side
from earlywarning.slowing.null_taus import taus
from earlywarning.slowing.trend import kendall_tau

NAMES = ("ar1", "variance", "restoring_rate_gls")


def paths(count, n, seed=0):
    return np.cumsum(np.random.default_rng(seed).standard_t(4, (count, n)), axis=1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("count", "n", "window", "first"), [(37, 120, 40, 2), (1, 90, 90, 0), (16, 75, 25, 1)]
)
def test_a_path_has_the_bits_that_it_has_alone(name, count, n, window, first):
    x = paths(count, n)
    x[:, :first] = np.nan
    x[count // 2, 5:60] = 1.0  # windows that do not vary
    got = side_by_side(x, window, name)
    assert_array_equal(got, [compute(path, window, name)[window - 1 :] for path in x])


def test_what_must_go_alone_does():
    x = paths(3, 60)
    assert side_by_side(x, 20, "skewness") is None
    gap, late = x.copy(), x.copy()
    gap[1, 30], late[:, :8] = np.nan, np.nan
    assert side_by_side(gap, 20, "ar1") is None
    assert side_by_side(late, 20, "ar1") is None  # its first window has too few pairs
    assert side_by_side(late[:, 8:], 20, "ar1") is not None


@pytest.mark.parametrize(
    ("detrend", "causal"),
    [("gaussian", True), ("lowess", True), ("linear", True), ("difference", True), ("gaussian", False)],
)
def test_taus_of_many_are_those_of_each(detrend, causal):
    x, names = paths(18, 90), (*NAMES, "ar2", "return_rate")
    how = Detrending(detrend, 15, causal)
    got = taus(x, how, [30, 45], names)
    for path, found in zip(x, got, strict=True):
        residual = how.residuals(path)
        for i, window in enumerate((30, 45)):
            rows = [compute(residual, window, name, level=path)[window - 1 :] for name in names]
            signs = [indicator(name).direction for name in names]
            assert_array_equal(found[i], [s * kendall_tau(row) for s, row in zip(signs, rows, strict=True)])


@pytest.mark.parametrize("df", (2.05, 4.7, 300.0))
def test_noise_is_numpys_and_leaves_the_generator_where_numpy_does(df):
    ours, theirs = (np.random.default_rng(3) for _ in range(2))
    for shape in ((40, 501), (7, 1000), (2, 3)):
        assert_array_equal(standard_t(ours, df, shape), theirs.standard_t(df, shape))
    assert ours.bit_generator.state == theirs.bit_generator.state
    other = np.random.Generator(np.random.Philox(1))
    assert_array_equal(
        standard_t(other, df, (30, 50)), np.random.Generator(np.random.Philox(1)).standard_t(df, (30, 50))
    )


def test_walks_are_those_of_one_path_after_the_other():
    noise, out, twin = (
        np.random.default_rng(1).standard_t(5, (11, 140)),
        np.empty((11, 121)),
        np.empty((11, 121)),
    )
    garch = 2e-4, 2e-6, 0.08, 0.9, 1e-4, 3.0, 20
    garch_walks(noise, 0.7, *garch, out)
    garch_walk(0.7 * noise, *garch, twin)
    assert_array_equal(out, twin)
    whole = np.empty((11, 141))
    walks(noise, 0.7, 3.0, 0.2, 0.95, whole)
    assert_array_equal(whole, walk_paths(0.7 * noise, 3.0, 0.2, 0.95))
