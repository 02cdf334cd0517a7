"""Compiled descents of one window: on the nodes of a quadrature, and on all observations."""

from lppl._kernels.jit import kernel
from lppl._kernels.linked import linked
from lppl._kernels.quadrature import LANES, gather
from lppl._kernels.refine import refine

# Tolerance, evaluations, and whether a descent minds the cells: first, and in a cell; on all observations the
# best, in double precision.
FIRST, CELL, FINE = (1e-4, 6, False), (1e-4, 10, True), (1e-12, 100, True, False)


@kernel(inner=True, views=True)
def around(tc, reach, lower, upper, low, high):
    """Fill the part of the box where tc is within ``reach``."""
    for k in range(3):
        low[k], high[k] = lower[k], upper[k]
    low[0] = max(lower[0], min(tc - reach, upper[0]))
    high[0] = min(upper[0], max(tc + reach, lower[0]))


@linked
@kernel(
    "Tuple((f8, i8, i8))(f8[::1], f8[::1], Tuple((f8[::1], f8[::1], f8[::1], i8[:, ::1])), f8[::1], f8, "
    "Tuple((f8, i8, b1, b1)), f8[::1], f8[::1], f8, f8, f8[::1], "
    "Tuple((f8[:, ::1], f4[:, ::1])), f8[:, ::1], f8[:, ::1])",
    inner=True,
    views=True,
)
def coarse(t, y, nodes, start, reach, how, lower, upper, log_scale, ceiling, x, work, scratch, summary):
    """Descend from ``start`` (SSE, tc, m, omega) on the nodes around it, tc within ``reach``.

    Fill ``x``; return its SSE, the nodes, and the evaluations.
    """
    low, high = scratch[14], scratch[15]
    around(start[1], reach, lower, upper, low, high)
    size, rest = gather(t, y, nodes, low[0], high[0], start[3], work, summary)
    for k in range(3):
        x[k] = start[k + 1]
    sse, _, used = refine(
        summary[0, :size], summary[1, :size], summary[2, :size], rest,
        log_scale, x, low, high, how, ceiling, scratch[20], work, scratch,
    )  # fmt: skip
    return sse, size, used


@kernel(inner=True, views=True)
def fine(whole, n, lower, upper, log_scale, ceiling, home, x, work, scratch):
    """Descend from ``x`` on all ``n`` observations; return (SSE, converged, evaluations used)."""
    size = (n + LANES - 1) // LANES * LANES
    return refine(
        whole[0, :size], whole[1, :size], whole[2, :size], 0.0,
        log_scale, x, lower, upper, FINE, ceiling, home, work, scratch,
    )  # fmt: skip
