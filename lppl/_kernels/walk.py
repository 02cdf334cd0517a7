"""Compiled walk over the cells of a valley: which of its many shallow minima are worth a descent."""

from lppl._kernels.arithmetic import value
from lppl._kernels.jit import kernel
from lppl._kernels.linked import linked
from lppl._kernels.quadrature import gather
from lppl._kernels.refine import HOP, bounded_step, clip_cell

_ALL = 2  # cells on each side of a basin in which all places are tried
REACH = 24  # cells compared on each side of a basin inside the sample
_TRUST = (0.15, 0.6)  # how far from the last cell's (m, omega) a prediction is believed
_AHEAD = 6.0  # time units of tc that nodes resolve ahead of a walk


@linked
@kernel(
    "Tuple((i8, i8))(f8[::1], f8[::1], Tuple((f8[::1], f8[::1], f8[::1], i8[:, ::1])), f8, f8[::1], f8[::1], "
    "f8[::1], f8, f8, i8, b1, Tuple((f8[:, ::1], f4[:, ::1])), f8[:, ::1], f8[:, ::1], f8[:, ::1])",
    inner=True,
    views=True,
)
def walk(t, y, nodes, log_scale, x, lower, upper, best, above, places, rough, work, scratch, summary, steps):
    """Walk the cells on both sides of ``x`` (tc, m, omega); return the number of steps and of points visited.

    Each cell is tried at so many ``places``, as far apart as their number says; beyond the next cells every
    second of them is, by turns. Minima at the same place of neighbouring cells are alike, those at other
    places are not: each place carries its own (m, omega) from cell to cell. A step is (SSE predicted for the
    cell's minimum, tc, m, omega). The walk ends after ``REACH`` cells, at the box, or, place by place, where
    the prediction rises above ``above`` times the lowest SSE known: ``best``, or what is met below it.
    ``rough`` says that single precision will do.
    """
    gradient, step = scratch[0], scratch[1]
    hessian = scratch[5:8]
    low, high, z = scratch[11], scratch[12], scratch[13]
    carried = scratch[16:20]
    count = points = size = 0
    wall = above * best
    rest, resolved_low, resolved_high = 0.0, 1.0, 0.0  # nothing is resolved yet
    for side in (-1.0, 1.0):
        for k in range(3):
            z[k] = x[k]
        for hop in range(REACH + 1):
            clip_cell(t, z[0], lower, upper, low, high)
            edge = low[0] - HOP if side < 0.0 else high[0] + HOP
            if low[0] < resolved_low or high[0] > resolved_high or resolved_low > resolved_high:
                resolved_low = low[0] - (_AHEAD if side < 0.0 else 0.0)
                resolved_high = high[0] + (_AHEAD if side > 0.0 else 0.0)
                size, rest = gather(t, y, nodes, resolved_low, resolved_high, x[2], work, summary)
            going = False
            for p in range(places):
                if hop > 0 and carried[p, 2] > wall:
                    continue
                if hop > _ALL and (hop - p) % 2 != 0:
                    going = True
                    continue
                if hop > 0:
                    z[1], z[2] = carried[p, 0], carried[p, 1]
                for k in range(2):
                    low[k + 1] = max(lower[k + 1], z[k + 1] - _TRUST[k])
                    high[k + 1] = min(upper[k + 1], z[k + 1] + _TRUST[k])
                z[0] = low[0] + (0.5 + side * ((p + 0.5) / places - 0.5)) * (high[0] - low[0])
                actual = rest + value(
                    summary[0, :size], summary[1, :size], summary[2, :size], z, log_scale, rough, work,
                    gradient, hessian, scratch[4],
                )  # fmt: skip
                sse = actual - 2.0 * bounded_step(hessian, gradient, 1e-3, z, low, high, step)
                points += size
                wall = min(wall, above * actual)
                going = going or sse <= wall
                carried[p, 2] = sse
                steps[count, 0] = sse
                for k in range(3):
                    steps[count, k + 1] = z[k] + step[k]
                count += 1
                z[1] += step[1]
                z[2] += step[2]
                carried[p, 0], carried[p, 1] = z[1], z[2]
            if not going or not (lower[0] < edge < upper[0]):
                break
            z[0] = edge
    return count, points
