"""Features of a path of log closes, and how deep it fell: one pass each, n sessions in O(n)."""

import math

import numpy as np

from lppl._kernels.jit import kernel

FEATURES = 14  # columns of `describe`, in the order of `scanners.risk.volatility.Features`
BATCH = 8  # mean squares whose product is taken before its log: above 1e-80
FLOOR = 1e-5  # smallest daily volatility: a market that does not trade is not a calm one


@kernel
def describe(y, fewest, at):
    """Features of log closes y (finite) at places ``at`` (rising, each with ``fewest`` returns); one pass.

    The second answer is the standard deviation of 250 days at every place with ``fewest`` returns. Window
    sums run, and start afresh once a window's length so that rounding does not pile up.
    """
    n = y.size
    out = np.empty((at.size, FEATURES))
    deviation = np.empty(max(n - fewest, 0))
    wanted = 0
    e94 = e97 = e99 = w94 = w97 = w99 = 0.0
    squares = month = year = level = steps = 0.0
    logs, product, windows, unchanged, most = 0.0, 1.0, 0, 0, FLOOR**2
    queue = np.zeros(n, np.int64)
    head, tail = 0, 1
    level = y[0]
    for i in range(1, n):
        r = y[i] - y[i - 1]
        e94, w94 = 0.94 * e94 + 0.06 * r * r, 0.94 * w94 + 0.06
        e97, w97 = 0.97 * e97 + 0.03 * abs(r), 0.97 * w97 + 0.03
        e99, w99 = 0.99 * e99 + 0.01 * abs(r), 0.99 * w99 + 0.01
        squares += r * r
        month = _running(y, i, 60, month)
        year = _running(y, i, 250, year)
        level += y[i] - (y[i - 200] if i >= 200 else 0.0)
        if i % 200 == 199:
            level = 0.0
            for k in range(i - 199, i + 1):
                level += y[k]
        while tail > head and y[queue[tail - 1]] <= y[i]:
            tail -= 1
        queue[tail] = i
        tail += 1
        if queue[head] <= i - 250:
            head += 1
        unchanged += r == 0.0
        if i > 250:
            unchanged -= y[i - 250] == y[i - 251]
        if i >= 60 and month > 60.0 * FLOOR**2:
            product *= month / 60.0
            windows += 1
            most = max(most, month / 60.0)
        if i % BATCH == 0:  # few logs: they would take half the time
            logs += 0.5 * math.log(product)
            product = 1.0
        if i >= 20:
            steps += (y[i] - y[i - 20]) ** 2
        if i < fewest:
            continue
        m = min(i, 250)
        drift = y[i] - y[i - m]
        deviation[i - fewest] = math.sqrt(max((year - drift * drift / m) / (m - 1), FLOOR**2))
        if wanted == at.size or i != at[wanted]:
            continue
        row = out[wanted]
        wanted += 1
        row[0] = 0.5 * math.log(max(e94 / w94, FLOOR**2))
        row[1] = math.log(max(e97 / w97, FLOOR))
        row[2] = math.log(max(e99 / w99, FLOOR))
        row[3] = 0.5 * math.log(max(squares / i, FLOOR**2))
        row[4] = (logs + 0.5 * math.log(product)) / windows if windows else math.log(FLOOR)
        row[5] = deviation[i - fewest]
        row[6] = y[i] - y[queue[head]]
        row[7] = y[i] - level / min(i + 1, 200)
        row[8] = i
        row[9] = unchanged / m
        row[10] = 0.5 * math.log(max(steps / (20.0 * (i - 19)), FLOOR**2)) - row[3]
        row[11] = y[i] - y[i - 20]
        row[12] = y[i] - y[max(i - 500, 0)]
        row[13] = 0.5 * math.log(most) - row[4]
    return out, deviation


@kernel
def _running(y, i, length, total):
    """Sum of the last ``length`` squared returns at i, from that at i - 1."""
    if i % length == 0:
        total = 0.0
        for k in range(max(i - length, 0) + 1, i + 1):
            total += (y[k] - y[k - 1]) ** 2
        return total
    total += (y[i] - y[i - 1]) ** 2
    if i > length:
        total -= (y[i - length] - y[i - length - 1]) ** 2
    return total


@kernel
def worst(y, horizon):
    """Deepest log fall below y[i] within the next ``horizon`` closes (>= 0); NaN where not all are known."""
    n = y.size
    out = np.full(n, np.nan)
    queue = np.zeros(n, np.int64)
    head = tail = 0
    for i in range(1, n):
        while tail > head and y[queue[tail - 1]] >= y[i]:
            tail -= 1
        queue[tail] = i
        tail += 1
        start = i - horizon
        if start >= 0:
            if queue[head] <= start:
                head += 1
            out[start] = max(0.0, y[start] - y[queue[head]])
    return out


@kernel
def count(y, horizon, first, loss, own, deviation):
    """How many closes from ``first`` on fell by each loss (S,) within ``horizon``, and how many are known.

    A loss that is ``own`` (S,) is in units of ``deviation``, which begins at ``first``.
    """
    known = max(y.size - horizon - first, 0)
    deepest = worst(y[first:], horizon)
    hits = np.zeros(loss.size)
    for s in range(loss.size):
        found = 0
        if own[s]:
            for i in range(known):
                found += deepest[i] >= loss[s] * deviation[i]
        else:
            for i in range(known):
                found += deepest[i] >= loss[s]
        hits[s] = found
    return hits, known
