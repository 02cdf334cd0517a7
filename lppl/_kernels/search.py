"""Compiled global search of one window: the separated basins of its grid map, and their refinement."""

import numpy as np

from lppl._kernels import linear
from lppl._kernels.arithmetic import value
from lppl._kernels.columns import EVALUATIONS
from lppl._kernels.descents import CELL, FIRST, around, coarse
from lppl._kernels.elementary import log
from lppl._kernels.final import CLOSE, finish
from lppl._kernels.jit import kernel
from lppl._kernels.linked import linked
from lppl._kernels.minima import above, apart, basins, known, sort, sort_lowest
from lppl._kernels.quadrature import LANES, gather
from lppl._kernels.walk import REACH, walk

# Grid basins refined a little, how many of them at least may be shadows, and room for other exponents.
STARTS, SHADOWS, MORE = 30, 6, 12
# What one observation weighs in n is added over n: how much of the SSE a kink at it can change.
_RIVAL = (1.06, 6.0)  # starts this far above the best are not walked from
_WALL = (1.05, 3.0)  # where a walk over cells stops
_PLACES = (4, 2)  # tried in every cell by the first walk, and by others
# Minima of a basin at most, and how far above the best a prediction may lie.
_MINIMA, _SLACK = 30, (1.005, 1.0)
_SINGLE = 1e-5  # of the SSE, as far as single precision may be off
_NEAR = 4.0  # time units of tc that nodes resolve around a descent in a cell
_SLOW, _EXPONENTS, _LEADING = 4.0, (0.15, 0.6, 1.2), 4  # slow waves, exponents tried, and for how many
_WALKED = (0.5, 0.2, 0.4)  # a basin this close to a step of another's walk needs no walk of its own,
_ALIKE = (1.0, 0.2, 0.4)  # nor one whose minimum is this close to another's, tc ahead relative to it;
_BASIN = (0.5, 0.1, 0.2)  # if this close, both are of one basin


@kernel(inner=True, views=True)
def _first_descents(
    t, y, nodes, starts, first, last, best, lower, upper, log_scale, rough, work, scratch, summary
):
    """Descend a little from some of the starts, on nodes; return the lowest SSE and the points visited."""
    x, used, how = scratch[21], np.int64(0), (FIRST[0], FIRST[1], FIRST[2], rough)
    for b in range(first, last):
        row, ceiling = starts[b], above(_RIVAL, t.size) * best
        row[0], size, spent = coarse(
            t, y, nodes, row, _reach(row[1]), how, lower, upper, log_scale, ceiling, x, work, scratch,
            summary,
        )  # fmt: skip
        for k in range(3):
            row[k + 1] = x[k]
        best = min(best, row[0])
        used += spent * size
    return best, used


@kernel(inner=True, views=True)
def _single_will_do(t, y, nodes, start, lower, upper, log_scale, work, scratch, summary):
    """Tell whether single precision knows the SSE at a descended start; return the points visited too.

    It does not where the curve leaves almost nothing of the prices, as of a peg, or where they overflow it.
    """
    x = start[1:]
    around(x[0], _reach(x[0]), lower, upper, scratch[14], scratch[15])
    size, rest = gather(t, y, nodes, scratch[14, 0], scratch[15, 0], x[2], work, summary)
    times, prices, weights = summary[0, :size], summary[1, :size], summary[2, :size]
    exact = rest + value(
        times, prices, weights, x, log_scale, False, work, scratch[0], scratch[5:8], scratch[4]
    )
    single = rest + value(
        times, prices, weights, x, log_scale, True, work, scratch[0], scratch[5:8], scratch[4]
    )
    return abs(single - exact) <= _SINGLE * exact, 2 * size


@kernel(inner=True, views=True)
def _other_exponents(t, starts, count, best, lower, upper):
    """Add starts at other exponents than those of leading slow waves: a map knows one exponent of a place.

    Return how many starts there are now.
    """
    first, taken = count, 0
    for b in range(first):
        if taken == _LEADING or starts[b, 0] > above(_RIVAL, t.size) * best:
            break
        if starts[b, 3] > _SLOW:
            continue
        alone = True
        for other in range(b):
            alone = alone and (apart(starts[b], starts[other], 1.0, 0.25, 0.5) or starts[other, 3] > _SLOW)
        if not alone:
            continue
        taken += 1
        for m in _EXPONENTS:
            if abs(m - starts[b, 2]) > 0.25 and lower[1] <= m <= upper[1] and count < starts.shape[0]:
                starts[count, 0], starts[count, 1] = np.inf, starts[b, 1]
                starts[count, 2], starts[count, 3] = m, starts[b, 3]
                count += 1
    return count


@kernel(inner=True, views=True)
def _reach(tc):
    """Return how far around tc nodes must resolve a first descent."""
    return max(2.0, 0.25 * abs(tc))


@kernel(inner=True, views=True)
def _alike(minima, found, x):
    """Return which of the ``found`` minima lies in the same stretch of a valley as ``x``, -1 for none."""
    for other in range(found):
        if (
            abs(x[0] - minima[other, 1]) <= _ALIKE[0] * max(1.0, x[0])
            and abs(x[1] - minima[other, 2]) <= _ALIKE[1]
            and abs(x[2] - minima[other, 3]) <= _ALIKE[2]
        ):
            return other
    return -1


@kernel(inner=True, views=True)
def _cells(
    t, y, nodes, start, basin, lower, upper, log_scale, best, places, rough, work, scratch, summary, steps,
    minima, found,
):  # fmt: skip
    """Compare the smooth cells around ``start`` on the nodes of a quadrature, and descend in the lowest.

    Add to the ``found`` rows of ``minima`` (SSE, tc, m, omega, basin), the first the start's own; return how
    many there are now, the steps of the walk, and the points visited. A start that descends to near where
    another did is not walked from, and one very near belongs to its basin. ``best`` is the lowest SSE known:
    what cannot come close to it is given up. A walk tries so many ``places`` of every cell.
    """
    x, how = scratch[21], (CELL[0], CELL[1], CELL[2], rough)
    sse, size, used = coarse(
        t, y, nodes, start, max(_NEAR, _reach(start[1])), how, lower, upper, log_scale, np.inf, x, work,
        scratch, summary,
    )  # fmt: skip
    used *= size
    minima[found, 0], minima[found, 4] = sse, basin
    for k in range(3):
        minima[found, k + 1] = x[k]
    other = _alike(minima, found, x)
    if other >= 0:
        near = max(1.0, x[0])
        if not apart(minima[found], minima[other], _BASIN[0] * near, _BASIN[1], _BASIN[2]):
            minima[found, 4] = minima[other, 4]
        return found + 1, np.int64(0), used
    bar = min(best, sse)
    around(x[0], max(REACH + 1.0, 0.75 * x[0]), lower, upper, scratch[14], scratch[15])
    near, points = walk(
        t, y, nodes, log_scale, x, scratch[14], scratch[15], bar, above(_WALL, t.size), places, rough, work,
        scratch, summary, steps,
    )  # fmt: skip
    used += points
    count = found + 1
    for c in range(sort_lowest(steps, near, above(_SLACK, t.size) * bar)):
        if count == found + _MINIMA or steps[c, 0] > above(_SLACK, t.size) * bar:
            break
        if known(t, steps, c, steps[c]) or known(t, minima, count, steps[c]):
            continue
        sse, size, spent = coarse(
            t, y, nodes, steps[c], _NEAR, how, lower, upper, log_scale, above(CLOSE, t.size) * bar, x, work,
            scratch, summary,
        )  # fmt: skip
        used += spent * size
        minima[count, 0], minima[count, 4] = sse, basin
        for k in range(3):
            minima[count, k + 1] = x[k]
        count += 1
        bar = min(bar, sse)
    return count, near, used


@kernel(inner=True)
def _room(n, starts):
    """Return the memory that the search of windows of up to ``n`` observations needs.

    Rows of values at the observations in either precision, nodes, small vectors and matrices, the window
    itself, steps of walks, and minima (SSE, tc, m, omega, number of the basin).
    """
    room = n + 2 * LANES
    return (
        (np.empty((5, room)), np.empty((7, room), np.float32)),
        np.empty((3, room)),
        np.empty((24, 4)),
        np.empty((3, room)),
        np.empty((starts * 2 * (REACH + 1) * max(_PLACES), 4)),
        np.empty((starts * _MINIMA, 5)),
        np.empty((starts * _MINIMA, 5)),
    )


@linked
@kernel(
    "void(f8[::1], f8[::1], Tuple((f8[::1], f8[::1], f8[::1], i8[:, ::1])), f8[:, ::1], i8, b1, f8[::1], "
    "f8[::1], Tuple((Tuple((f8[:, ::1], f4[:, ::1])), f8[:, ::1], f8[:, ::1], f8[:, ::1], f8[:, ::1], "
    "f8[:, ::1], f8[:, ::1])), f8[::1])",
    inner=True,
    views=True,
)
def _search(t, y, nodes, starts, count, second, lower, upper, room, out):
    """Refine the basins of one window; ``starts`` are overwritten, and have ``MORE`` rows besides.

    ``nodes`` are those of a quadrature, see :func:`lppl._kernels.quadrature.gather`. Write tc, m, omega and
    how they were found into ``out``; the linear parameters are left to :func:`lppl._kernels.linear.finish`.
    Without ``second`` the second minimum is not sought, and is NaN.
    """
    log_scale = log(max(t[-1] - t[0], 1.0))
    work, summary, scratch, whole, steps, minima, seen = room
    scratch[:] = np.inf  # row 20: no minimum is known
    whole[:] = 0.0
    for i in range(t.size):
        whole[0, i], whole[1, i], whole[2, i] = t[i], y[i], 1.0
    best, used = _first_descents(
        t, y, nodes, starts, np.int64(0), count, np.inf, lower, upper, log_scale, True, work, scratch, summary
    )
    sort(starts, count)
    rough, spent = True, np.int64(0)
    if count:
        rough, spent = _single_will_do(
            t, y, nodes, starts[0], lower, upper, log_scale, work, scratch, summary
        )
    used += spent
    if not rough:
        best, spent = _first_descents(
            t, y, nodes, starts, np.int64(0), count, np.inf, lower, upper, log_scale, False, work, scratch,
            summary,
        )  # fmt: skip
        used += spent
        sort(starts, count)
    first, count = count, _other_exponents(t, starts, count, best, lower, upper)
    best, spent = _first_descents(
        t, y, nodes, starts, first, count, best, lower, upper, log_scale, rough, work, scratch, summary
    )
    used += spent
    sort(starts, count)
    many, walked, best = np.int64(0), np.int64(0), np.inf  # a literal 0 would be compiled for once more
    for b in range(count):
        rival = starts[b, 0] <= above(_RIVAL, t.size) * best
        skipped = not rival
        for other in range(walked):
            if skipped:
                break
            skipped = not apart(starts[b], steps[other], _WALKED[0], _WALKED[1], _WALKED[2])
        if skipped and rival:
            continue
        first = many
        if skipped:
            for k in range(4):
                minima[many, k] = starts[b, k]
            minima[many, 4] = b
            many += 1
        else:
            many, near, spent = _cells(
                t, y, nodes, starts[b], b, lower, upper, log_scale, best, _PLACES[min(b, 1)], rough, work,
                scratch, summary, steps[walked:], minima, many,
            )  # fmt: skip
            used += spent
            walked += near
        for c in range(first, many):
            best = min(best, minima[c, 0])
    used += finish(
        t, y, nodes, whole, lower, upper, log_scale, minima, many, second, rough, work, scratch, summary,
        seen, out,
    )  # fmt: skip
    out[EVALUATIONS] = used / t.size


@kernel
def search_windows(
    t, y, nodes, lengths, wanted, lower, upper, maps, lattice, hopeful, second, level, log_prices, starts,
    counts, out,
):  # fmt: skip
    """Search the windows of one series that are wanted, each from its map; write a row of ``out`` each.

    ``maps`` are the first and the last node of tc of every window, SSE and exponents of :func:`grid`;
    ``lattice`` and ``hopeful`` what :func:`basins` takes. ``starts`` and ``counts`` tell what was descended
    from, and where to.
    """
    first, last, best, power = maps
    horizons, powers, omega_low, omega_step, stride = lattice
    room, shadows = _room(lengths[-1], starts.shape[1]), np.empty((SHADOWS, 4))
    for k in range(lengths.size):
        if not wanted[k]:
            continue
        a, b, own = first[k], last[k] + 1, starts[k]
        count, hidden = basins(
            best[k, a:b], power[k, a:b], horizons[a:b], powers, omega_low, omega_step, stride, hopeful,
            own[: STARTS - SHADOWS], shadows,
        )  # fmt: skip
        for row in range(hidden):
            for j in range(4):
                own[count + row, j] = shadows[row, j]
        counts[k] = count + hidden
        times, prices = t[t.size - lengths[k] :], y[y.size - lengths[k] :]
        _search(times, prices, nodes, own, counts[k], second, lower[k], upper[k], room, out[k])
        linear.finish(times, prices, level, log_prices, out[k])


@kernel
def search_from(t, y, nodes, starts, count, lower, upper, out):
    """Search one window from ``starts`` alone, which are overwritten; see :func:`search_windows`."""
    _search(t, y, nodes, starts, count, False, lower, upper, _room(t.size, starts.shape[0]), out)
