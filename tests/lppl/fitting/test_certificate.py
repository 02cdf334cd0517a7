"""Proofs that minima are global."""

from dataclasses import replace

import numpy as np
import pytest

import lppl
from lppl._kernels.cell_quadratic import least

SPACE = lppl.SearchSpace(m=(0.1, 0.9), omega=(4, 8), horizon_fraction=(-0.1, 0.1))
DAMPED = lppl.SearchSpace(m=(0.1, 0.9), omega=(2, 8), horizon_fraction=(0, 0.2), damping=1.0)
PRICES = lppl.datasets.load("nasdaq")


def fits(space=SPACE, end=1600, **kwargs):
    return lppl.fit_windows(PRICES.iloc[:end], lengths=[60, 90], space=space, **kwargs)


@pytest.mark.parametrize("gap", [1e-2, 1e-6])
@pytest.mark.parametrize("space", [SPACE, DAMPED])
def test_minima_are_certified(space, gap):
    proof = lppl.certify(fits(space), gap=gap)
    assert proof.certified.all()
    assert proof.share == 1.0
    assert (proof.bound >= 1.0 - gap).all()
    assert not proof.lowered.any()


@pytest.mark.parametrize("space", [SPACE, pytest.param(DAMPED, marks=pytest.mark.ci)])
def test_where_a_point_lies_lower_the_search_goes_on_from_it(space):
    true = fits(space)
    for excess in (1.002, 1.2):
        high = replace(true, sse=true.sse * excess, tc=true.tc + 1.0, m=np.full(2, 0.5))
        proof = lppl.certify(high, gap=1e-3)
        assert proof.certified.all() and proof.lowered.all()
        np.testing.assert_allclose(proof.windows.sse, true.sse, rtol=1e-3)
        for name in ("tc", "m", "omega", "A", "B", "max_error"):
            np.testing.assert_allclose(
                getattr(proof.windows, name), getattr(true, name), rtol=0.05, err_msg=name
            )
        np.testing.assert_array_equal(proof.asked_sse, high.sse)
        np.testing.assert_array_equal(high.sse, true.sse * excess)  # what was asked about stays


def test_calendar_days_and_prices_are_certified():
    assert lppl.certify(fits(time="calendar", scale="price"), gap=1e-3).share == 1.0


def test_cells_that_run_out_prove_less_than_asked_and_say_so():
    proof = lppl.certify(fits(), cells=300)
    assert not proof.certified.any()
    assert (proof.cells == 300).all()
    assert (proof.bound < 1 - proof.gap).all()


def test_a_window_without_a_fit_is_not_certified():
    flat = np.full(60, 5.0)
    proof = lppl.certify(lppl.fit_windows(flat, lengths=[60], space=SPACE))
    assert not proof.certified[0]
    assert np.isnan(proof.bound[0])


def test_table_and_notebook_tell_the_proof():
    proof = lppl.certify(fits(), n_jobs=1)
    frame = proof.to_frame()
    assert frame["certified"].tolist() == [True, True]
    assert {"tc", "bound", "cells", "asked_sse"} <= set(frame)
    assert proof.to_dict()["share"] == 1.0
    assert "2 of 2 windows certified to a gap of 1e-06" in proof._repr_html_()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gap": 0.0}, "gap must be a number in"),
        ({"gap": 1.0}, "gap must be a number in"),
        ({"gap": "a"}, "gap must be a number in"),
        ({"cells": 0}, "cells must be a whole number from 1"),
        ({"cells": 10**30}, "cells must be a whole number from 1"),
        ({"cells": 1.5}, "cells must be a whole number from 1"),
        ({"n_jobs": 0}, "n_jobs must be a whole number other than 0"),
    ],
)
def test_bad_arguments_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        lppl.certify(fits(), **change)


def test_only_fits_of_windows_are_certified():
    with pytest.raises(ValueError, match=r"windows must be WindowFits.*got Series"):
        lppl.certify(PRICES)
    with pytest.raises(ValueError, match="at least one fit, got none"):
        lppl.certify(fits().select([]))


def test_a_curve_without_noise_proves_nothing_and_the_least_noise_that_counts_does():
    """Rounding is larger than its SSE: even four times the SSE seemed to be proven."""
    t, rng = np.arange(90.0), np.random.default_rng(1)
    tau = 95.0 - t
    curve = 5.0 - 0.1 * tau**0.5 + 0.01 * tau**0.5 * np.cos(6.0 * np.log(tau))
    for noise, proven in ((0.0, False), (1e-12, False), (1e-3, True)):
        windows = lppl.fit_windows(np.exp(curve + noise * rng.normal(size=90)), lengths=[90], space=SPACE)
        excess = 1.0 if proven else 4.0
        proof = lppl.certify(replace(windows, sse=windows.sse * excess), gap=1e-3)
        assert proof.certified.tolist() == [proven]
        assert proven or (proof.bound[0] == 0.0 and proof.cells[0] == 0)


@pytest.mark.parametrize("size", [1e-120, 1e120])
def test_prices_of_any_size_are_certified(size):
    prices = PRICES.iloc[1540:1600] * size
    windows = lppl.fit_windows(prices, lengths=[60], space=SPACE, scale="price")
    assert lppl.certify(windows, gap=1e-3).certified.all()


def test_a_form_that_is_not_finite_bounds_nothing():
    form, half = np.eye(3), np.ones(3)
    for bad in (np.inf, -np.inf, np.nan):
        assert least(np.array([bad, 0.0, 0.0]), form, half) == -np.inf
        assert least(np.zeros(3), bad * np.ones((3, 3)), half) == -np.inf


@pytest.mark.slow  # a minute: one window of the shipped series in each preset's box
@pytest.mark.parametrize("name", sorted(lppl.PRESETS))
def test_a_minimum_in_each_presets_box_is_certified_to_a_millionth(name):
    preset = lppl.PRESETS[name]
    length = preset.lengths[len(preset.lengths) // 2]
    windows = lppl.fit_windows(PRICES, end=2500, lengths=[length], space=preset.space, time=preset.time)
    proof = lppl.certify(windows, gap=1e-6)
    assert proof.certified.all(), (name, proof.bound, proof.lowered)
