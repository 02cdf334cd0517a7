"""Compiled grid search, shared by nested windows that end at one date and by all series on those dates."""

import numpy as np

from lppl._kernels.basis import (
    BLOCK,
    COS,
    SIN,
    WIDTH,
    add5,
    angles,
    close,
    copy,
    eliminate,
    fill_powers,
    fill_waves,
    prefix_sums,
    project5,
    reverse,
    weigh,
    zero,
)
from lppl._kernels.jit import kernel


@kernel
def grid(t, y, lengths, wanted, lower, upper, horizons, powers, omega_low, omega_step, best, power):
    """Scan (tc, m, omega) for nested windows of many series at once; keep the best exponent of every cell.

    Windows end at the last observation, where ``t`` and ``y``, (series, n), are zero; ``lengths`` increase
    and ``wanted``, (series, windows), says which count. Every window's sums are a prefix of one running sum
    from the end backwards; those of the basis alone serve all series. The running sum advances by five
    observations whatever the windows are, so that the values of a window depend neither on its neighbours
    nor on other series. ``best``, infinite at first, and ``power`` are (series, windows, horizons, lanes),
    lanes 8 times a power of two; cells outside a window's ``lower <= tc <= upper`` stay infinite.
    """
    series, n = y.shape
    lanes, exponents = best.shape[3], powers.size
    width = min(lanes, WIDTH)
    groups = lanes // width
    back, closes = np.empty(n), np.empty((series, n))
    reverse(t, y, back, closes)
    y1, yy = np.empty((series, lengths.size)), np.empty((series, lengths.size))
    prefix_sums(closes, lengths, y1, yy)
    logs, f, g = np.empty(n), np.empty((exponents, n)), np.empty((exponents, n))
    base, step = np.zeros((n + BLOCK, 2)), np.zeros((n + BLOCK, 2))
    waves, factors = np.empty((groups, 20 * WIDTH)), np.empty((groups, 7 * WIDTH))
    sums, totals = np.empty((exponents, groups, 6 * WIDTH)), np.empty((exponents, 3))
    products, gy = np.empty((exponents, series, groups, 2 * WIDTH)), np.empty((exponents, series))
    window_sums, window_totals = np.empty((groups, 6 * WIDTH)), np.empty(3)
    window_products, rest = np.empty((groups, 2 * WIDTH)), np.zeros((3, BLOCK))
    for h in range(horizons.size):
        tc = horizons[h]
        first, last = -1, -1
        for w in range(lengths.size):
            if lower[w] <= tc <= upper[w]:
                if first < 0:
                    first = w
                last = w
        if first < 0:
            continue
        span = lengths[last]
        angles(back[:span], tc, omega_low, omega_step, logs[:span], base[:span], step[:span])
        for p in range(exponents):
            fill_powers(logs[:span], powers[p], f[p, :span], g[p, :span])
        zero(sums.ravel())
        zero(totals.ravel())
        zero(products.ravel())
        zero(gy.ravel())
        done = 0
        for w in range(first, last + 1):
            length = lengths[w]
            while done + BLOCK <= length:
                fill_waves(base, step, done, waves, width)
                for p in range(exponents):
                    add5(waves, sums[p], totals[p], f[p], g[p], done, width)
                    for r in range(series):
                        project5(waves, closes[r], done, products[p, r], width)
                        for i in range(done, done + BLOCK):
                            gy[p, r] += g[p, i] * closes[r, i]
                done += BLOCK
            if not (lower[w] <= tc <= upper[w]):
                continue
            more = length - done
            if more:
                fill_waves(base, step, done, waves, width)
            for p in range(exponents):
                copy(sums[p], window_sums)
                for k in range(3):
                    window_totals[k] = totals[p, k]
                if more:
                    for i in range(BLOCK):
                        rest[0, i] = f[p, done + i] if i < more else 0.0
                        rest[1, i] = g[p, done + i] if i < more else 0.0
                    add5(waves, window_sums, window_totals, rest[0], rest[1], 0, width)
                g1 = window_totals[0] / length
                spread = window_totals[1] - window_totals[0] * g1
                eliminate(window_sums, window_totals, length, factors, width)
                for r in range(series):
                    if not wanted[r, w]:
                        continue
                    copy(products[p, r], window_products)
                    slope = gy[p, r] - g1 * y1[r, w]
                    if more:
                        for i in range(more):
                            rest[2, i] = closes[r, done + i]
                            slope += rest[1, i] * rest[2, i]
                        project5(waves, rest[2], 0, window_products, width)
                    flat = yy[r, w] - y1[r, w] * y1[r, w] / length - slope * slope / spread
                    close(
                        factors,
                        window_products,
                        y1[r, w],
                        slope,
                        flat,
                        p,
                        best[r, w, h],
                        power[r, w, h],
                        width,
                    )


@kernel
def grid_many(t, y, low, high, horizons, powers, omega_low, omega_step, best, power):
    """Scan one window for very many series on the same dates; ``y`` (series, n) is zero at the end.

    The sums of all series with the basis of a cell are one matrix product, in single precision, which ranks
    cells well enough. ``best``, infinite at first, and ``power`` are (series, horizons, lanes); otherwise as
    :func:`grid`.
    """
    series, n = y.shape
    lanes, exponents = best.shape[2], powers.size
    width = min(lanes, WIDTH)
    groups = lanes // width
    back, closes = np.empty(n), np.empty((series, n))
    reverse(t, y, back, closes)
    y1, yy, length = np.empty((series, 1)), np.empty((series, 1)), np.full(1, n)
    prefix_sums(closes, length, y1, yy)
    logs, f, g = np.empty(n), np.zeros((exponents, n + BLOCK)), np.zeros((exponents, n + BLOCK))
    base, step = np.zeros((n + BLOCK, 2)), np.zeros((n + BLOCK, 2))
    waves, factors = np.empty((groups, 20 * WIDTH)), np.empty((groups, 7 * WIDTH))
    sums, totals = np.empty((exponents, groups, 6 * WIDTH)), np.empty((exponents, 3))
    products, weighted = np.empty((groups, 2 * WIDTH)), np.empty((series, n), np.float32)
    cosine, sine = np.empty((n, lanes), np.float32), np.empty((n, lanes), np.float32)
    for h in range(horizons.size):
        if not (low <= horizons[h] <= high):
            continue
        angles(back, horizons[h], omega_low, omega_step, logs, base[:n], step[:n])
        for p in range(exponents):
            fill_powers(logs, powers[p], f[p, :n], g[p, :n])
        zero(sums.ravel())
        zero(totals.ravel())
        for first in range(0, n, BLOCK):
            fill_waves(base, step, first, waves, width)
            for p in range(exponents):
                add5(waves, sums[p], totals[p], f[p], g[p], first, width)
            for k in range(min(BLOCK, n - first)):
                for group in range(groups):
                    for j in range(width):
                        cosine[first + k, group * width + j] = waves[group, COS + k * WIDTH + j]
                        sine[first + k, group * width + j] = waves[group, SIN + k * WIDTH + j]
        for p in range(exponents):
            eliminate(sums[p], totals[p], n, factors, width)
            weigh(closes, f[p], weighted)
            yc, ys, yg = np.dot(weighted, cosine), np.dot(weighted, sine), np.dot(closes, g[p, :n])
            g1 = totals[p, 0] / n
            spread = totals[p, 1] - totals[p, 0] * g1
            for r in range(series):
                for group in range(groups):
                    for j in range(width):
                        products[group, j] = yc[r, group * width + j]
                        products[group, WIDTH + j] = ys[r, group * width + j]
                slope = yg[r] - g1 * y1[r, 0]
                flat = yy[r, 0] - y1[r, 0] * y1[r, 0] / n - slope * slope / spread
                close(factors, products, y1[r, 0], slope, flat, p, best[r, h], power[r, h], width)
