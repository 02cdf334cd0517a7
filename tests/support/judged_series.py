"""Series that were judged, for the tests of skill."""

import numpy as np
import pandas as pd

from scanners.past.skill.judged import JudgedPast
from scanners.past.skill.outcomes import outcomes
from scanners.past.skill.panel import Member
from scanners.verdict.judgement import Verdict


def series(closes):
    return pd.Series(closes, pd.bdate_range("1980-01-01", periods=len(closes)))


def walk(seed, n=2500, scale=0.01):
    return series(100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(scale=scale, size=n))))


def judged(prices, name="x", asset_class="commodity", step=5, levels=None):
    at = np.arange(599, len(prices), step)
    said = tuple(
        Verdict(level=level, phase="fomo" if level != "calm" else "none", bifurcation="not identified")
        for level in levels or ["calm"] * len(at)
    )
    member = Member(name, name, asset_class, prices, at, step)
    stretch = np.random.default_rng(0).normal(size=(len(at), 2))
    return JudgedPast(member, said, (), outcomes(prices, at), outcomes(prices, at, "bottom"), stretch)


def planted(bubbles=4, seed=0):
    """Four rises of 60% that crash by 30%, and nothing but noise between them; return prices and tops."""
    rng = np.random.default_rng(seed)
    parts, tops, n = [np.zeros(700)], [], 700
    for _ in range(bubbles):
        parts += [
            np.linspace(0, 0.5, 250),
            np.linspace(0.5, 0.15, 30),
            np.full(620, 0.15) - np.linspace(0, 0.15, 620),
        ]
        tops.append(n + 249)
        n += 900
    drift = np.concatenate(parts)
    return series(100 * np.exp(drift + rng.normal(scale=0.004, size=drift.size))), np.array(tops)
