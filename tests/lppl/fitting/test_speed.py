"""The search does not grow slower unseen: work is counted, time held against a loop of the same run."""

import time

import numpy as np
import pytest
from numba import njit

import lppl
from lppl._kernels import columns
from lppl._kernels.arithmetic import evaluate
from lppl.fitting.box import Box, search

LENGTHS = np.arange(125, 751, 25)
SERIES = np.log(lppl.datasets.load("nasdaq").to_numpy())[np.arange(750) + np.array([[200], [700], [1200]])]


@njit
def _loop(t, y, times):
    work, weights = np.empty((5, t.size)), np.ones(t.size)
    gradient, hessian, linear = np.empty(3), np.empty((3, 3)), np.empty(4)
    total = 0.0
    for k in range(times):
        tc = 5.0 + 1e-3 * k
        total += evaluate(t, y, weights, tc, 0.5, 8.0, 6.0, work, gradient, hessian, linear)
    return total


def _search():
    wanted = np.ones((len(SERIES), LENGTHS.size), dtype=bool)
    box = Box.over(lppl.SearchSpace(), LENGTHS - 1.0)
    return search(np.arange(750.0), SERIES, LENGTHS, wanted, box, True)


def _seconds(call):
    call()
    spent = []
    for _ in range(7):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return min(spent)


def test_a_window_takes_few_evaluations():
    # In evaluations of all observations of a window; measured 81.
    assert _search()[:, :, columns.EVALUATIONS].mean() < 81 * 1.3


@pytest.mark.ci
def test_a_search_takes_its_share_of_a_loop_over_the_same_arithmetic():
    t, y = np.arange(512) - 511.0, SERIES[0, -512:] - SERIES[0, -1]
    windows = len(SERIES) * LENGTHS.size
    unit = _seconds(lambda: _loop(t, y, 2000)) / 2000
    ratio = _seconds(_search) / windows / unit
    assert ratio < 131 * 1.3, ratio  # measured 131
