"""Compiled grid search, shared by nested windows that end at one date and by all series on those dates."""

import numpy as np

from lppl._kernels.basis import (
    BLOCK,
    COS,
    ROOT,
    RUN,
    SIN,
    WIDTH,
    add5,
    angles,
    close,
    copy,
    eliminate,
    fill_powers,
    fill_waves,
    fives,
    lay_out,
    prefix_sums,
    project5,
    reverse,
    weigh,
)
from lppl._kernels.jit import kernel
from lppl._kernels.linked import linked

_TURN = 2.5  # five observations count as one where the fastest wave turns by at most 2 radians over them


@linked
@kernel(
    "void(Tuple((f8[::1], f8[:, ::1], f8[::1], f8[:, ::1], f8[:, ::1], f8[:, ::1])), i8[::1], b1[:, ::1], "
    "f8[::1], f8[::1], f8[::1], f8[::1], f8, f8, Tuple((f8[::1], f8[::1], i8[::1])), f8[:, :, ::1], "
    "f8[:, :, ::1], Tuple((f8[:, ::1], f4[:, ::1])), Tuple((f8[:, :, ::1], f4[:, :, ::1])), "
    "Tuple((f8[:, :, ::1], f8[:, ::1])), Tuple((f4[:, :, :, ::1], f8[:, ::1])), "
    "Tuple((f8[:, ::1], f8[::1], f4[:, ::1], f4[:, ::1])), Tuple((f8[:, ::1], i8[::1], i8[::1], i8[::1])), "
    "f4[:, :, :, ::1], u1[:, :, :, ::1])",
    inner=True,
    views=True,
)
def _scan(
    data, lengths, wanted, lower, upper, horizons, powers, omega_low, omega_step, layout, powered, phases,
    waves, ends, running, projections, window, beyond, best, power,
):  # fmt: skip
    """Scan the grid in the memory that :func:`grid` has made."""
    back, closes, times, fifths, y1, yy = data
    points, logs, loose = layout
    f, g, base, step = powered[0], powered[1], phases[0], phases[1]
    (waves, damped), (ends, damped_ends), (sums, totals), (products, gy) = waves, ends, running, projections
    window_sums, window_totals, window_products, factors = window
    end, at, many, filled = beyond
    series, lanes, exponents = best.shape[0], best.shape[3], powers.size
    width = min(lanes, WIDTH)
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
        apart = _TURN * (omega_low + (lanes - 1) * omega_step)
        start, whole, count = lay_out(back, times, tc, apart, lengths[: last + 1], points, loose)
        angles(points[:count], tc, omega_low, omega_step, logs[:count], base[:count], step[:count])
        for p in range(exponents):
            fill_powers(logs[:count], powers[p], min(start, whole), whole, f[p, :count], g[p, :count])
        sums[:], totals[:], products[:], gy[:] = 0.0, 0.0, 0.0, 0.0
        done, filled[:] = 0, -1
        for w in range(first, last + 1):
            length = lengths[w]
            while done + (BLOCK if done < start else RUN) <= length:
                alone = done < start
                i = done if alone else start + (done - start) // BLOCK
                fill_waves(base, step, i, waves, width)
                for p in range(exponents):
                    add5(waves, damped, sums[p], totals[p], f[p], g[p], i, 1.0 if alone else ROOT, width)
                    for r in range(series):
                        y, k = (closes[r], done) if alone else (fifths[r], done // BLOCK)
                        project5(damped, y, k, products[p, r], width)
                        for j in range(BLOCK):
                            gy[p, r] += g[p, i + j] * y[k + j]
                done += BLOCK if alone else RUN
            if not (lower[w] <= tc <= upper[w]):
                continue
            many[0] = 0 if done < start else (length - done) // BLOCK
            many[1] = (length - done) % BLOCK
            at[0] = start + (done - start) // BLOCK
            at[1] = done if done < start else loose[w]
            for e in range(2):
                if many[e] and filled[e] != at[e]:
                    fill_waves(base, step, at[e], ends[e], width)
                    filled[e] = at[e]
            for p in range(exponents):
                own, counted = sums[p], totals[p]
                if many[0] or many[1]:
                    copy(sums[p], window_sums)
                    for k in range(3):
                        window_totals[k] = totals[p, k]
                    own, counted = window_sums, window_totals
                for e in range(2):
                    if many[e]:
                        for j in range(BLOCK):
                            end[0, j] = f[p, at[e] + j] if j < many[e] else 0.0
                            end[1, j] = g[p, at[e] + j] if j < many[e] else 0.0
                        one, waved = ROOT if e == 0 else 1.0, (ends[e], damped_ends[e])
                        add5(*waved, window_sums, window_totals, end[0], end[1], 0, one, width)
                g1 = counted[0] / length
                spread = counted[1] - counted[0] * g1
                eliminate(own, counted, length, factors, width)
                for r in range(series):
                    if not wanted[r, w]:
                        continue
                    slope = gy[p, r] - g1 * y1[r, w]
                    projected = products[p, r]
                    if many[0] or many[1]:
                        copy(products[p, r], window_products)
                        projected = window_products
                    for e in range(2):
                        if many[e]:
                            for j in range(many[e]):
                                end[2, j] = (
                                    fifths[r, done // BLOCK + j]
                                    if e == 0
                                    else closes[r, length - many[1] + j]
                                )
                                slope += g[p, at[e] + j] * end[2, j]
                            project5(damped_ends[e], end[2], 0, projected, width)
                    total = yy[r, w] - y1[r, w] * y1[r, w] / length
                    close(
                        factors, projected, total, y1[r, w], slope, spread, p, best[r, w, h], power[r, w, h],
                        width,
                    )  # fmt: skip


@kernel
def grid(t, y, lengths, wanted, lower, upper, horizons, powers, omega_low, omega_step, best, power):
    """Scan (tc, m, omega) for nested windows of many series at once; keep the best exponent of every cell.

    Windows end at the last observation, where ``t`` and ``y``, (series, n), are zero; ``lengths`` increase
    and ``wanted``, (series, windows), says which count. Every window's sums are a prefix of one running sum
    from the end backwards; those of the basis alone serve all series. Far before tc, where waves turn slowly,
    five observations count as one. The running sum advances by five points whatever the windows are, so that
    the values of a window depend neither on its neighbours nor on other series. ``best``, infinite at first,
    and ``power`` are (series, windows, horizons, lanes), lanes 8 times a power of two; cells outside a
    window's ``lower <= tc <= upper`` stay infinite.
    """
    series, n = y.shape
    lanes, exponents = best.shape[3], powers.size
    width = min(lanes, WIDTH)
    groups = lanes // width
    back, closes = np.empty(n), np.empty((series, n))
    reverse(t, y, back, closes)
    y1, yy = np.empty((series, lengths.size)), np.empty((series, lengths.size))
    prefix_sums(closes, lengths, y1, yy)
    times, fifths = np.empty(n // BLOCK), np.empty((series, n // BLOCK))
    fives(back, closes, times, fifths)
    room = n + BLOCK * (lengths.size + 1)
    layout = np.empty(room), np.empty(room), np.empty(lengths.size, np.int64)
    powered, phases = np.empty((2, exponents, room)), np.zeros((2, room, 2))
    waves = np.empty((groups, 10 * WIDTH)), np.empty((groups, 10 * WIDTH), np.float32)
    ends = np.empty((2, groups, 10 * WIDTH)), np.empty((2, groups, 10 * WIDTH), np.float32)
    running = np.empty((exponents, groups, 6 * WIDTH)), np.empty((exponents, 3))
    projected = np.empty((exponents, series, groups, 2 * WIDTH), np.float32), np.empty((exponents, series))
    own = (
        np.empty((groups, 6 * WIDTH)), np.empty(3), np.empty((groups, 2 * WIDTH), np.float32),
        np.empty((groups, 7 * WIDTH), np.float32),
    )  # fmt: skip
    # What a window counts beyond the running sum: up to four fifths, then up to four observations.
    beyond = np.zeros((3, BLOCK)), np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(2, np.int64)
    data = back, closes, times, fifths, y1, yy
    _scan(
        data, lengths, wanted, lower, upper, horizons, powers, omega_low, omega_step, layout, powered, phases,
        waves, ends, running, projected, own, beyond, best, power,
    )  # fmt: skip


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
    waves, damped = np.empty((groups, 10 * WIDTH)), np.empty((groups, 10 * WIDTH), np.float32)
    factors = np.empty((groups, 7 * WIDTH), np.float32)
    sums, totals = np.empty((exponents, groups, 6 * WIDTH)), np.empty((exponents, 3))
    products, weighted = np.empty((groups, 2 * WIDTH), np.float32), np.empty((series, n), np.float32)
    cosine, sine = np.empty((n, lanes), np.float32), np.empty((n, lanes), np.float32)
    for h in range(horizons.size):
        if not (low <= horizons[h] <= high):
            continue
        angles(back, horizons[h], omega_low, omega_step, logs, base[:n], step[:n])
        for p in range(exponents):
            fill_powers(logs, powers[p], 0, 0, f[p, :n], g[p, :n])
        sums[:], totals[:] = 0.0, 0.0
        for first in range(0, n, BLOCK):
            fill_waves(base, step, first, waves, width)
            for p in range(exponents):
                add5(waves, damped, sums[p], totals[p], f[p], g[p], first, 1.0, width)
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
                total = yy[r, 0] - y1[r, 0] * y1[r, 0] / n
                close(factors, products, total, y1[r, 0], slope, spread, p, best[r, h], power[r, h], width)
