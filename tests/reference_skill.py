"""Slow twins of the skill scores: one date at a time, as the definitions read."""

import numpy as np


def onsets(places, gap):
    found, last = [], None
    for place in places:
        if last is None or place - last > gap:
            found.append(place)
        last = place
    return found


def fell(closes, at, size, days):
    """1, 0, or NaN when the data end too soon."""
    if at + days >= len(closes):
        return np.nan
    for later in range(at + 1, at + days + 1):
        if closes[later] <= closes[at] * (1 - size) * (1 + 1e-12):
            return 1.0
    return 0.0


def turn_within(turns, at, days, n, confirmed):
    if at + days + confirmed >= n:
        return np.nan
    return float(any(at <= turn <= at + days for turn in turns))


def recall(turns, alarms, days):
    return sum(any(turn - days <= alarm <= turn for alarm in alarms) for turn in turns) / len(turns)
