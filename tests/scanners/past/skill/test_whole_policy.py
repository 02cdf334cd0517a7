"""The whole policy on known truth: planted bubbles are warned of, random walks at the chance rate only."""

import numpy as np
import pandas as pd
import pytest

import lppl
from scanners.config.policy import Policy
from scanners.past.evidence_history import evidence_history
from scanners.past.skill.judged import ready
from scanners.past.skill.panel import Member
from scanners.past.skill.score import score

pytestmark = pytest.mark.slow


def bubble(seed, noise):
    """Two quiet years, an LPPLS rise of 700 sessions up to 5 before its tc, then a fall of a third."""
    rng = np.random.default_rng(seed)
    rise = lppl.log_price(np.arange(700.0), tc=705.0, m=0.5, omega=8.0, A=0.0, B=-0.04, C1=0.003, C2=0.0)
    rise -= rise[0]
    fall = np.linspace(rise[-1], rise[-1] - 0.4, 40)
    y = np.concatenate([np.zeros(500), rise, fall, np.full(250, fall[-1])])
    y += rng.normal(scale=noise, size=y.size)
    return pd.Series(100 * np.exp(y), pd.bdate_range("1980-01-01", periods=y.size)), 1199


def judged(prices, step, last=None):
    at = np.arange(599, len(prices) if last is None else last, step)
    rows = [row for _, row in evidence_history(prices, at, jobs=2)]
    return ready(Member("x", "x", "commodity", prices, at, step), rows, Policy())


def test_planted_bubbles_give_the_known_scores():
    panel, tops = zip(*(bubble(seed, 0.004) for seed in range(3)), strict=True)
    panel = [judged(prices, 10) for prices in panel]
    for one, top in zip(panel, tops, strict=True):
        assert len(one.tops.turns) == 1 and abs(one.tops.turns[0] - top) <= 3
    consensus = [one.consensus() for one in panel]
    found = score("C3", panel, consensus, 0.3, draws=0)
    assert found.recall[60] == 1.0 and found.turns == 3
    hits = found.targets["major top in 120"]
    assert hits.hits >= 3 and hits.wilson[0] > hits.random


def test_random_walks_raise_alarms_at_the_chance_rate():
    """docs/false_alarms.md: C of at least .30 on 1.2% of Gaussian walks, 95% interval .4 to 3.6%."""
    nasdaq = lppl.datasets.load("nasdaq")
    panel = []
    for path in lppl.null_paths(nasdaq, "random_walk", 12, 5, length=2600):
        prices = pd.Series(path, pd.bdate_range("1980-01-01", periods=path.size))
        panel.append(judged(prices, 40))
    consensus = np.concatenate([one.consensus() for one in panel])
    alarms, dates = int((consensus >= 0.3).sum()), len(consensus)
    assert dates == 12 * 51
    assert alarms <= 2 * 0.036 * dates  # neighbours share windows: one walk gives several
    watch = score("watch", panel, [one.levels("fomo") for one in panel], 1, draws=0)
    assert watch.episodes >= 5
    hits = watch.targets["fall of 10% in 60"]
    assert hits.wilson[0] <= hits.random <= hits.wilson[1]
