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


def state(closes, at, shares, low, high, days):
    """Days in a band, its stretches, mean log return of the next sessions, one day at a time."""
    inside = [place for place, share in zip(at, shares, strict=True) if low <= share < high and share > 0]
    returns = [np.log(closes[place + days] / closes[place]) for place in inside if place + days < len(closes)]
    return len(inside), len(onsets(inside, 40)), np.mean(returns)
