"""The lowest cell of a grid is the one that trying all of them finds, in whatever company."""

import numpy as np
from numba import typeof
from numpy.testing import assert_allclose

import lppl
from lppl._kernels import grid
from lppl.core.series import Prices, check
from lppl.fitting.box import Box
from lppl.fitting.lowest_cells import lowest_cells
from lppl.fitting.windows import fit_together

SPACE = lppl.SearchSpace(m=(0.2, 0.9), omega=(38, 50))  # so fast that no five observations count as one


def twin(t, y, box, k):
    """Return the smallest sum of squares over the nodes inside the k-th box, and where it is."""
    best = np.inf, ()
    low, high = box.lower[k, 0], box.upper[k, 0]
    for tc in box.horizons[(low <= box.horizons) & (box.horizons <= high)]:
        log = np.log(np.maximum(np.abs(tc - t), 0.5))
        for m in box.powers:
            for omega in box.omega_low + box.omega_step * np.arange(box.lanes):
                power = np.exp(m * log)
                basis = np.array(
                    [np.ones(t.size), power, power * np.cos(omega * log), power * np.sin(omega * log)]
                )
                sse = y @ y - y @ basis.T @ np.linalg.solve(basis @ basis.T, basis @ y)
                best = min(best, (float(sse), (float(tc), float(m), float(omega))))
    return best


def test_the_lowest_cell_is_found_in_any_company():
    rng = np.random.default_rng(3)
    checked = [check(100 * np.exp(np.cumsum(rng.normal(0, 0.01, 70))), "trading") for _ in range(14)]
    flat = Prices(checked[0].t, np.full(70, 4.0), None, "trading", "log")
    lengths = (70, 45)
    found = lowest_cells([*checked, flat], lengths, SPACE)
    box = Box.over(SPACE, np.array([69.0, 44.0]))
    for k, n in enumerate(lengths):
        t, y = np.arange(1.0 - n, 1.0), checked[13].y[-n:]
        sse, place = twin(t, y - y.mean(), box, k)
        assert_allclose(found[13].sse[k], sse, rtol=1e-9)
        assert_allclose((found[13].horizon[k], found[13].m[k], found[13].omega[k]), place)
    alone = lowest_cells(checked[13:], lengths[1:], SPACE)[0]
    for name in ("tc", "m", "omega", "A", "B", "C1", "C2", "sse", "max_relative_error"):
        assert getattr(alone, name)[0] == getattr(found[13], name)[1]
    assert found[13].converged.all() and not found[14].success.any()
    assert found[14].message == ["prices do not change in this window"] * 2
    assert not lowest_cells([flat], lengths, SPACE)[0].success.any()
    fits = lppl.fit_windows(checked[13].y, lengths=lengths, space=SPACE, scale="price")
    assert (fits.sse <= found[13].sse).all()


def test_the_grid_is_compiled_for_fits_and_lowest_cells_at_once(monkeypatch):
    """Arrays laid out otherwise are another kind of arguments, for which the dearest kernel compiles anew."""
    kinds, compiled = set(), grid.grid

    def seen(*arguments):
        kinds.add(tuple(str(typeof(each)) for each in arguments))
        compiled(*arguments)

    monkeypatch.setattr(grid, "grid", seen)
    checked = [check(np.exp(0.01 * np.arange(70.0) ** k), "trading") for k in (1.0, 0.5)]
    lowest_cells(checked, (70, 45), SPACE)
    fit_together(checked, [(70, 45)] * 2, SPACE)
    assert len(kinds) == 1
