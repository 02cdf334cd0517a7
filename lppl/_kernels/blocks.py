"""Compiled summary of a window: far from tc, where a wave turns slowly, neighbours count as one."""

from lppl._kernels.arithmetic import evaluate
from lppl._kernels.jit import REDUCTION, kernel

# Rows of a summary: mean time, mean price, observations, and the sums of t y and t t about the means.
TIME, PRICE, SIZE, TILT, SPREAD = range(5)
LANES = 8  # loops over a whole number of these need no scalar end: the last blocks may be empty


@kernel(inner=True)
def running_sums(t, y, sums):
    """Fill the rows of ``sums``, (5, n + 1), with running sums of t, y, t y, t t and y y from zero on."""
    for k in range(5):
        sums[k, 0] = 0.0
    for i in range(t.size):
        sums[0, i + 1] = sums[0, i] + t[i]
        sums[1, i + 1] = sums[1, i] + y[i]
        sums[2, i + 1] = sums[2, i] + t[i] * y[i]
        sums[3, i + 1] = sums[3, i] + t[i] * t[i]
        sums[4, i + 1] = sums[4, i] + y[i] * y[i]


@kernel(inner=True)
def summarise(t, sums, low, high, turn, blocks):
    """Fill the rows of ``blocks`` from running sums; return the blocks and the squares of y within them.

    A block spans at most ``turn`` times its distance from the critical times [low, high], inside which every
    observation stands alone.
    """
    n, start, count = t.size, 0, 0
    within = sums[4, n]
    while start < n:
        end = start + 1
        if t[start] < low:
            while end < n and t[end] < low and t[end] - t[start] <= turn * (low - t[end]):
                end += 1
        elif t[start] > high:
            while end < n and t[end] - t[start] <= turn * (t[start] - high):
                end += 1
        size = end - start
        time, price = t[start], sums[1, end] - sums[1, start]
        tilt = spread = 0.0
        if size > 1:
            time, price = (sums[0, end] - sums[0, start]) / size, price / size
            tilt = sums[2, end] - sums[2, start] - size * time * price
            spread = sums[3, end] - sums[3, start] - size * time * time
        blocks[TIME, count], blocks[PRICE, count], blocks[SIZE, count] = time, price, size
        blocks[TILT, count], blocks[SPREAD, count] = tilt, spread
        within -= size * price * price
        count += 1
        start = end
    while count % LANES:
        blocks[:, count] = 0.0
        count += 1
    return count, within


@kernel("f8(f8[:, ::1], i8, f8, f8, f8[:, ::1], f8[::1])", flags=REDUCTION, inner=True)
def _tilts(blocks, count, m, omega, work, linear):
    """Return what the curve's slope within blocks adds to the SSE, from the tables of the last evaluation."""
    slope, power, cosine, sine = work[1], work[2], work[3], work[4]
    b, c1, c2 = linear[1], linear[2], linear[3]
    total = 0.0
    for i in range(count):
        wave = c1 * cosine[i] + c2 * sine[i]
        turn = c2 * cosine[i] - c1 * sine[i]
        j = slope[i] * (b * power[i] + m * wave + omega * turn)
        total += j * (2.0 * blocks[TILT, i] + j * blocks[SPREAD, i])
    return total


@kernel(inner=True)
def estimate(blocks, count, within, x, log_scale, work, scratch):
    """Return the SSE of all observations at ``x`` (tc, m, omega), as the blocks tell it."""
    times, prices, sizes = blocks[TIME, :count], blocks[PRICE, :count], blocks[SIZE, :count]
    gradient, linear, hessian = scratch[0], scratch[4], scratch[5:8]
    sse = evaluate(times, prices, sizes, x[0], x[1], x[2], log_scale, work, gradient, hessian, linear)
    return max(sse + within + _tilts(blocks, count, x[1], x[2], work, linear), 0.0)
