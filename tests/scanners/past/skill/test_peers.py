"""The peer's confidence is its own, drawn once and kept; the table ranks dates as their definition says."""

import random

import numpy as np
import pytest

import lppl
from scanners.past.skill.panel import Member
from scanners.past.skill.peers import WINDOW, lppls_confidence, sampled_confidence
from scanners.past.skill.peers_table import area


def test_the_area_is_how_often_a_hit_ranks_above_a_miss():
    value = np.array([0.9, 0.8, 0.8, 0.1, np.nan, 0.5])
    followed = np.array([1.0, 0.0, 1.0, 0.0, 1.0, np.nan])
    pairs = [(0.9, 0.8), (0.9, 0.1), (0.8, 0.8), (0.8, 0.1)]
    expected = np.mean([1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs])
    assert area(value, followed) == pytest.approx(expected)
    assert np.isnan(area(value, np.zeros(6)))
    rng = np.random.default_rng(0)
    assert abs(area(rng.random(4000), (rng.random(4000) < 0.1).astype(float)) - 0.5) < 0.05


def test_known_dates_are_not_computed_again(tmp_path, monkeypatch):
    prices = lppl.datasets.load("nasdaq")
    members = [Member("nasdaq", "nasdaq", "equity_index", prices, np.arange(700, 1700, 50), 50)]
    calls = []
    monkeypatch.setattr(
        "scanners.past.skill.peers.lppls_confidence", lambda closes: calls.append(len(closes)) or 0.25
    )
    first = sampled_confidence(members, 5, tmp_path / "peer.json")
    assert len(calls) == 5 and set(calls) == {WINDOW} and set(first.values()) == {0.25}
    again = sampled_confidence(members, 8, tmp_path / "peer.json")
    assert len(calls) == 8 and first.items() <= again.items()


@pytest.mark.slow
def test_the_peer_is_seeded_by_the_closes():
    closes = lppl.datasets.load("nasdaq")[:"2000-03-09"].to_numpy()
    state = random.getstate()
    value = lppls_confidence(closes)
    assert random.getstate() == state
    random.seed(1)
    assert 0 < value < 1 and value == lppls_confidence(closes[-WINDOW:].copy())
