import io
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from earlywarning import sensitivity, trend_test


@pytest.fixture(scope="module")
def walk():
    steps = np.random.default_rng(0).normal(size=200)
    return pd.Series(steps.cumsum(), index=pd.bdate_range("2020-01-01", periods=200))


def drawn(ax):
    target = io.BytesIO()
    ax.figure.savefig(target, format="png", dpi=50)
    return len(target.getvalue())


def test_panel_shows_tau_and_p(walk):
    test = trend_test(walk, window=80, n=20)
    ax = test.plot()
    titles = [child.get_title(loc="left") for child in ax.child_axes]
    assert len(titles) == 4
    assert "causal" in titles[0]
    assert f"tau = {test.tau['ar1']:.2f}, p = {test.p_values['ar1']:.3f}" in titles[1]
    assert f"together p = {test.p_value:.3f}" in ax.get_title()
    np.testing.assert_array_equal(ax.child_axes[2].lines[0].get_ydata(), test.indicators["variance"])
    assert drawn(ax) > 1000


def test_two_sided_is_shouted(walk):
    ax = trend_test(walk, window=80, n=20, causal=False).plot()
    assert "TWO-SIDED" in ax.child_axes[0].get_title(loc="left")


def test_map_shows_every_cell(walk):
    result = sensitivity(walk, windows=[60, 80], bandwidths=[20, 40, 60], n=20)
    ax = result.plot()
    first = ax.child_axes[0]
    np.testing.assert_array_equal(first.images[0].get_array(), result.tau["ar1"])
    assert len(first.lines[0].get_xdata()) == (result.p_values["ar1"] <= 0.05).sum(axis=None)
    assert f"{result.max_p_values['ar1']:.3f}" in first.get_title()
    assert drawn(ax) > 1000


def test_a_given_axes_is_used(walk):
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    assert trend_test(walk, window=80, n=20).plot(ax) is ax
    assert len(ax.child_axes) == 4


@pytest.mark.ci
def test_import_stays_light():
    code = (
        "import sys, earlywarning; earlywarning.trend_test;"
        "print([m for m in ('matplotlib', 'arch', 'statsmodels', 'scipy.signal') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
