"""The check of speed sees a quarter more time, and not the noise of other processes."""

import json

import pytest

from benchmarks import speed


def test_a_quarter_more_is_seen_and_what_was_never_recorded_is_not_judged():
    recorded = {"fits": 20.0, "tests": 3.0}
    assert speed.slower({"fits": 23.9, "tests": 2.0, "new": 99.0}, recorded) == []
    assert speed.slower({"fits": 24.1, "tests": 4.0}, recorded) == ["fits", "tests"]


@pytest.mark.parametrize(("cost", "seen"), [(20.0, []), (25.0, ["fits"])])
def test_noise_is_waited_out(monkeypatch, cost, seen):
    """Other processes double each timing but one in nine, at times that the two do not share."""
    calls = {"standard": 0, "fits": 0}
    price = {"standard": 1.0, "fits": cost}

    def seconds(work):
        name = work()
        calls[name] += 1
        return price[name] * (1.0 if (calls[name] + (name == "fits")) % 9 == 0 else 2.0)

    monkeypatch.setattr(speed, "seconds", seconds)
    recorded = {"fits": 20.0}
    found = speed.measure({"fits": lambda: "fits"}, lambda: "standard", recorded)
    assert speed.slower(found, recorded) == seen
    assert found["fits"] == pytest.approx(cost) or not seen
    assert calls["fits"] == (speed.MOST if seen else speed.FEWEST)


def test_a_record_is_of_what_is_timed():
    names = set(speed.works())
    for recorded in json.loads(speed.RECORD.read_text("utf-8")).values():
        assert set(recorded) == names
