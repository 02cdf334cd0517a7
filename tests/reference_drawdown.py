"""The epsilon-drawdown rule as it is told, walk by walk, with everything recomputed at every step."""

import numpy as np


def deviation(y, i, window):
    """Standard deviation of the last ``window`` log returns."""
    return np.std(np.diff(y[i - window : i + 1]), ddof=1)


def turns(y, multiple, window, first):
    """Return [(position, kind)] for one tolerance: follow a move from its start until it is undone."""
    found, start, rising = [], first, None
    while True:
        for i in range(start + 1, len(y)):
            tolerance = multiple * deviation(y, i, window)
            walk = y[start : i + 1]
            if rising in (True, None) and walk.max() - y[i] > tolerance:
                end, kind = start + int(np.argmax(walk)), "top"
                break
            if rising in (False, None) and y[i] - walk.min() > tolerance:
                end, kind = start + int(np.argmin(walk)), "bottom"
                break
        else:
            return found
        if not (rising is None and end == first):
            found.append((end, kind))
        start, rising = end, kind == "bottom"


def frequencies(prices, multiples, windows):
    """Return {(position, kind): share of the pairs}."""
    y, first = np.log(prices), max(windows)
    counts = {}
    for multiple in multiples:
        for window in windows:
            for turn in turns(y, multiple, window, first):
                counts[turn] = counts.get(turn, 0) + 1
    return {turn: count / (len(multiples) * len(windows)) for turn, count in counts.items()}
