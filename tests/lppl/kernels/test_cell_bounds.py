"""Lower bounds of the SSE over cells of the box."""

import itertools

import numpy as np
import pytest
import reference
import reference_certificate
from hypothesis import given, settings
from hypothesis import strategies as st

import lppl
from lppl._kernels.cell_bounds import cell_bound
from lppl._kernels.cell_damped import damped_cell_bound
from lppl._kernels.cell_quadratic import corner, least
from lppl._kernels.cell_tables import ROWS

PRICES = np.log(lppl.datasets.load("nasdaq").to_numpy())
CELL = np.array([0.25, 0.04, 0.12])
PLACES = [(12.0, 0.5, 8.0), (-20.0, 1.3, 12.0), (25.0, 0.1, 20.0)]  # where the polynomial is convex


def window(end, n):
    t = np.arange(1.0 - n, 1.0)
    return t, PRICES[end - n : end] - PRICES[end - n : end].mean()


def bound(t, y, centre, half, damping=0.0):
    work, out = np.empty((ROWS, t.size)), np.empty(4)
    if damping > 0.0:
        return damped_cell_bound(t, y, np.array(centre), np.array(half), damping, work, out), out[0]
    return cell_bound(t, y, np.array(centre), np.array(half), work, out), out[0]


@pytest.mark.parametrize("centre", PLACES)
def test_bound_of_a_small_cell_equals_that_of_dense_matrices(centre):
    t, y = window(1500, 120)
    # Cells of tc inside the sample have no observation to leave out only where tc moves little.
    half = CELL * [0.02, 0.1, 0.1]
    ours, sse = bound(t, y, centre, half)
    assert sse == pytest.approx(reference.sse(t, y, *centre), rel=1e-9)
    assert ours == pytest.approx(reference_certificate.cell_bound(t, y, centre, half), rel=1e-8)
    # and it is no idle bound
    assert ours > 0.97 * sse


@pytest.mark.parametrize("centre", [(12.0, 0.5, 8.0), (3.0, 0.9, 5.0), (25.0, 0.1, 20.0), (30.0, 0.8, 2.0)])
@pytest.mark.parametrize("end", [1500, 2100])
def test_damped_bound_equals_that_of_dense_matrices(centre, end):
    t, y = window(end, 120)
    half = CELL * 0.02
    ours, sse = bound(t, y, centre, half, 1.0)
    assert sse == pytest.approx(reference.damped_sse(t, y, *centre, 1.0), rel=1e-7)
    assert ours == pytest.approx(reference_certificate.damped_cell_bound(t, y, centre, half, 1.0), rel=1e-6)
    assert ours > 0.97 * sse


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    end=st.integers(800, 5000),
    n=st.sampled_from([40, 130, 300]),
    tc=st.floats(-0.3, 0.3),
    m=st.floats(0.02, 1.95),
    omega=st.floats(1.2, 45.0),
    size=st.floats(-3.0, 0.5),
    seed=st.integers(0, 2**32 - 1),
)
def test_no_point_of_a_cell_lies_below_its_bound(end, n, tc, m, omega, size, seed):
    t, y = window(end, n)
    half = np.minimum(CELL * 10.0**size * [2.0, 1.0, 1.0], [np.inf, 0.99 * m, 0.99 * omega])
    centre = np.array([tc * n, m, omega])
    low, _ = bound(t, y, centre, half)
    rng = np.random.default_rng(seed)
    steps = [*itertools.product((-1.0, 0.0, 1.0), repeat=3), *rng.uniform(-1.0, 1.0, (20, 3))]
    lowest = min(reference.sse(t, y, *(centre + half * step)) for step in np.array(steps))
    assert low <= lowest * (1 + 1e-9)
    if centre[0] > half[0] + 0.5:
        low, _ = bound(t, y, centre, half, 1.0)
        lowest = min(
            reference.damped_sse(t, y, *(centre + half * step), 1.0, angles=400) for step in np.array(steps)
        )
        assert low <= lowest * (1 + 1e-9)


def test_bound_closes_in_with_the_cube_of_the_cell():
    t, y = window(1500, 200)
    centre = np.array([18.0, 0.6, 9.0])
    lost = []
    for size in (0.1, 0.01):
        half = CELL * size
        corners = itertools.product((-1.0, 0.0, 1.0), repeat=3)
        lowest = min(reference.sse(t, y, *(centre + half * step)) for step in np.array(list(corners)))
        lost.append(lowest - bound(t, y, centre, half)[0])
    assert 0.0 < lost[1] < lost[0] * 0.003


def test_least_lies_below_a_quadratic_and_is_its_minimum_where_convex():
    rng = np.random.default_rng(3)
    for _ in range(200):
        root, gradient, half = rng.normal(size=(3, 3)), rng.normal(size=3), rng.uniform(0.1, 2.0, 3)
        shift = rng.choice([0.0, 1.0])
        form = root @ root.T - shift * np.eye(3)
        points = np.array(list(itertools.product(np.linspace(-1.0, 1.0, 13), repeat=3))) * half
        values = points @ gradient + np.einsum("ni,ij,nj->n", points, form, points)
        low = least(gradient, form, half)
        assert low <= values.min() + 1e-12
        convex = root @ root.T
        assert corner(convex, half) ** 2 == pytest.approx(
            np.einsum("ni,ij,nj->n", points, convex, points).max(), rel=1e-12
        )
        if shift == 0.0:
            # On 13 nodes an axis the lowest lies above the minimum by no more than the curvature says.
            step = half / 12.0
            assert low >= values.min() - step @ np.abs(convex) @ step - 0.02 * np.ptp(values)
