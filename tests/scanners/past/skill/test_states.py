"""What followed the days of each C3: as defined, known where it is planted, nothing on random walks."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import reference_skill as slow
from judged_series import judged, planted, walk

from scanners.past.skill.states import states
from scanners.past.skill.study import _reliability

EDGES = (0.1, 0.3, 0.4)


def with_shares(one, shares):
    """Return a judged series whose C3 is as given."""
    bubbles = [SimpleNamespace(consensus_3day=share) for share in shares]
    return replace(one, rows=tuple(SimpleNamespace(bubble=bubble) for bubble in bubbles))


def test_bands_are_those_of_their_definition():
    one = judged(walk(3, 3000, 0.015), step=1)
    shares = np.random.default_rng(0).choice([0, 0.05, 0.1, 0.35, 0.4, 0.6], len(one.member.at))
    found = states([with_shares(one, shares)], EDGES, draws=9)
    for (low, high), band in zip(((0, 0.1), (0.1, 0.3), (0.3, 0.4), (0.4, np.inf)), found, strict=True):
        days, stretches, growth = slow.state(
            one.member.prices.to_numpy(), one.member.at, shares, low, high, 60
        )
        assert (band.low, band.high, band.days, band.stretches) == (low, high, days, stretches)
        assert band.growth.value == pytest.approx(growth)
        fall = one.tops.followed["fall of 10% in 60"][(shares >= low) & (shares < high) & (shares > 0)]
        assert band.falls.value == pytest.approx(np.nanmean(fall))


def test_days_before_a_crash_are_told_from_quiet_ones():
    prices, tops = planted(6)
    one = judged(prices, step=1)
    shares = np.zeros(len(one.member.at))
    for top in tops:
        shares[(one.member.at > top - 25) & (one.member.at <= top)] = 0.45
        shares[(one.member.at > top + 200) & (one.member.at <= top + 240)] = 0.2
    quiet, alarm = states([with_shares(one, shares)], EDGES)[1::2]
    assert (alarm.days, alarm.stretches, quiet.stretches) == (150, 6, 6)
    assert alarm.falls.value == 1.0 and alarm.falls.interval == (1.0, 1.0) and alarm.falls.usual < 0.3
    assert alarm.growth.interval[1] < -0.1 < quiet.growth.interval[0] < alarm.growth.usual
    assert quiet.falls.value == 0.0


@pytest.mark.ci
def test_on_random_walks_every_band_is_like_any_date():
    rng = np.random.default_rng(4)
    panel = []
    for seed in range(12):
        one = judged(walk(seed, 4000), step=1)
        blocks = rng.choice([0, 0.05, 0.2, 0.35, 0.45], len(one.member.at) // 20 + 1, p=[0.8, *4 * [0.05]])
        shares = np.repeat(blocks, 20)
        panel.append(with_shares(one, shares[: len(one.member.at)]))
    for band in states(panel, EDGES):
        for mean in (band.growth, band.falls):
            assert mean.interval[0] < mean.value < mean.interval[1]
            spread = mean.interval[1] - mean.interval[0]  # four standard errors
            assert abs(mean.value - mean.usual) < spread and abs(mean.value - mean.stretched) < spread


def test_a_band_without_days_says_nothing():
    one = judged(walk(5, 1500))
    empty = states([with_shares(one, np.zeros(len(one.member.at)))], EDGES)
    assert [band.days for band in empty] == [0, 0, 0, 0] and empty[3].growth.value is None


def test_a_half_is_told_what_the_other_states():
    prices, tops = planted(4)
    at = judged(prices).member.at
    right = [
        "warning" if any(top - 25 < place <= top - 10 for top in tops[:3]) else "calm" for place in at
    ]  # three of three
    wrong = ["warning" if any(top + 300 < place <= top + 306 for top in tops[:2]) else "calm" for place in at]
    one, other = (judged(prices, name, levels=levels) for name, levels in (("a", right), ("b", wrong)))
    _, warning, critical = _reliability([one, other])
    assert (warning.level, warning.stated, warning.hits, warning.episodes) == ("warning", (0.0, 1.0), 3, 5)
    assert warning.brier == 1.0 and critical.stated == (None, None) and critical.brier is None
