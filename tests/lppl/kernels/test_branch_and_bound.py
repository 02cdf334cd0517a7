"""What branch and bound proves of a box, on windows small enough to look everywhere."""

from itertools import product

import numpy as np
import pytest
import reference
import reference_certificate
from scipy.optimize import minimize

import lppl
from lppl._kernels.branch_and_bound import branch_and_bound
from lppl._kernels.cell_bounds import cell_bound
from lppl._kernels.cell_damped import damped_cell_bound
from lppl._kernels.cell_tables import ROWS

PRICES = np.log(lppl.datasets.load("nasdaq").to_numpy())
TIMES = np.arange(-23.0, 1.0)
# (tc, m, omega): from the last close on, across closes, beyond the first one.
BOXES = {
    "ahead": ([0.0, 0.2, 5.0], [6.0, 0.8, 8.0]),
    "across closes": ([-4.3, 0.3, 4.0], [1.2, 0.6, 5.0]),
}
CASES = [("ahead", 0.0), ("ahead", 1.0), ("across closes", 0.0)]


def window(end):
    y = PRICES[end - TIMES.size : end]
    return y - y[-1]


def sse(y, point, damping):
    if damping > 0.0:
        return reference.damped_sse(TIMES, y, *point, damping, angles=2_000)
    return reference.sse(TIMES, y, *point)


def lowest(y, lower, upper, damping):
    """Return the SSE of the lowest of many points of the box, and of what a general optimiser makes of it."""
    axes = [np.linspace(low, high, 9) for low, high in zip(lower, upper, strict=True)]
    points = sorted(product(*axes), key=lambda point: sse(y, point, damping))
    found = [
        minimize(
            lambda point: sse(y, point, damping), start, bounds=list(zip(lower, upper, strict=True)),
            method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-14},
        )
        for start in (points[0], points[40])
    ]  # fmt: skip
    return min(each.fun for each in found)


def ask(y, box, damping, target, lower_than, budget=300_000):
    point, (lower, upper) = np.empty(4), map(np.array, box)
    least, used = branch_and_bound(TIMES, y, lower, upper, damping, target, lower_than, budget, point)
    return least, used, point


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}, damping {case[1]:g}")
def problem(request):
    """Closes, box, bound on the damping and the true minimum."""
    name, damping = request.param
    y = window(1500)
    return y, BOXES[name], damping, lowest(y, *BOXES[name], damping)


def test_a_bound_that_is_proved_lies_below_the_minimum_and_close_to_it(problem):
    y, box, damping, true = problem
    cells = []
    for gap in (0.5, 0.1, 1e-4):
        least, used, point = ask(y, box, damping, (1.0 - gap) * true, (1.0 - gap / 2.0) * true)
        assert (1.0 - gap) * true <= least <= true * (1.0 + 1e-7)
        assert point[0] == np.inf
        cells.append(used)
    assert cells == sorted(cells)
    for budget in (1, cells[0] // 2, cells[0]):  # what ran out proves less, and says no more than it proves
        least, used, _ = ask(y, box, damping, 0.999 * true, 0.9995 * true, budget)
        assert used == budget and least < 0.999 * true


def test_no_minimum_above_the_true_one_is_proved_and_a_lower_point_is_met(problem):
    y, box, damping, true = problem
    for excess in (1e-4, 0.1, 3.0):
        target, lower_than = true * (1.0 + excess / 2.0), true * (1.0 + excess)
        least, _, point = ask(y, box, damping, target, lower_than)
        assert least == 0.0 and true * (1.0 - 1e-7) <= point[0] < lower_than
        assert np.all((box[0] <= point[1:]) & (point[1:] <= box[1]))
        assert point[0] == pytest.approx(sse(y, point[1:], damping), rel=1e-6)


@pytest.mark.parametrize("share", [0.7, 0.99, 1.2])
def test_the_kernel_does_what_its_twin_does(problem, share):
    y, (lower, upper), damping, true = problem
    target, lower_than, budget = share * true, (share + 0.003) * true, 1_500
    centred, work, out = y - y.mean(), np.empty((ROWS, y.size)), np.empty(4)

    def judge(centre, half):
        bound = cell_bound(TIMES, centred, centre, half, work, out)
        if damping > 0.0:
            out[0] = np.nan
            if bound < target * (1.0 + 1e-9):
                bound = max(bound, damped_cell_bound(TIMES, centred, centre, half, damping, work, out))
        return bound, out[0], out[1:].copy()

    kinks = [*(TIMES - 0.5), *(TIMES + 0.5)]
    told = reference_certificate.branch_and_bound(judge, lower, upper, kinks, target, lower_than, budget)
    least, used, point = ask(y, (lower, upper), damping, target, lower_than, budget)
    assert (least, used) == told[:2]
    assert told[2] == (tuple(point) if point[0] < np.inf else None)
