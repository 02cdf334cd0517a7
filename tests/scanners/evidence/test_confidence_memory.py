"""C of the past: what a scan of each date says, computed once, known the next morning, gone when revised."""

import numpy as np
import pandas as pd
import pytest

from lppl import datasets
from scanners.config.policy import Policy
from scanners.evidence import confidence_files, confidence_memory
from scanners.evidence.confidence_files import Shelf
from scanners.evidence.confidence_memory import Memory, confidence_at, session_digests
from scanners.evidence.series_fits import DAYS
from scanners.past.evidence_history import as_of
from scanners.verdict.past_levels import levels_at


@pytest.fixture(scope="module")
def nasdaq():
    return datasets.load("nasdaq")["1996-01-01":"2000-03-10"]


def past_levels(prices, places, policy):
    """Return C, C3 and the level at some sessions, None where the history is too short for one."""
    ends = sorted({place - back for place in places for back in range(DAYS)})
    shares = dict(zip(ends, confidence_at(prices, ends), strict=True))
    three = np.array(
        [np.mean([shares[place - back] for back in reversed(range(DAYS))], axis=0) for place in places]
    )
    found = pd.DataFrame([shares[place] for place in places], prices.index[places], ["up", "down"])
    found = found.assign(C3=three[:, 0], C3_down=three[:, 1])
    levels = levels_at(np.log(prices.to_numpy()), places, three[:, 0], np.nan_to_num(three[:, 1]), policy)
    said = [None if np.isnan(up) else level for up, level in zip(three[:, 0], levels, strict=True)]
    found["level"] = pd.Series(said, found.index, dtype=object)
    return found


def test_each_row_is_what_a_scan_of_its_date_says(nasdaq):
    last = len(nasdaq) - 1
    places = [500, 650, last - 1, last]
    found = past_levels(nasdaq, places, Policy())
    assert found["level"].tolist()[0] is None and np.isnan(found["C3"].iloc[0])
    for place in places[1:]:
        row, then = found.loc[nasdaq.index[place]], as_of(nasdaq, place, "daily", tested=False)
        bubble = then.bubble
        assert (row["up"], row["down"]) == (bubble.consensus, bubble.consensus_negative)
        assert (row["C3"], row["C3_down"]) == (bubble.consensus_3day, bubble.consensus_3day_negative)
        assert row["level"] == then.verdict(Policy()).level
    assert len(set(found["level"])) > 2  # else nothing was told apart


def test_what_is_remembered_is_not_fitted_again(nasdaq, monkeypatch):
    places = [700, 705, 710]
    memory = Memory()
    first = confidence_at(nasdaq, places, memory)
    assert len(memory.new) == 3
    monkeypatch.setattr(confidence_memory, "consensus", lambda series: np.full((len(series), 2), 0.75))
    tomorrow = Memory(memory.new)
    again = confidence_at(nasdaq, [*places, 711], tomorrow)
    assert again[:3].tolist() == first.tolist() and again[3].tolist() == [0.75, 0.75]
    assert len(tomorrow.new) == 1


def test_a_revision_forgets_what_it_could_have_changed_and_nothing_else(nasdaq):
    revised = nasdaq.copy()
    revised.iloc[702] *= 1.01
    before, after = session_digests(nasdaq), session_digests(revised)
    assert before[:702] == after[:702] and not set(before[702:]) & set(after[702:])
    assert session_digests(nasdaq, [5, 701]) == [before[5], before[701]]


def test_files_know_what_this_code_found_of_this_series_alone(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path / "history")
    assert shelf.read("gold") == {} and Shelf(None).read("gold") == {}
    shelf.add("gold", {"a": (0.5, 0.0)})
    shelf.add("gold-x", {"b": (0.1, 0.0)})
    shelf.add("gold", {"c": (0.25, 0.0)})
    assert shelf.read("gold") == {"a": (0.5, 0.0), "c": (0.25, 0.0)}
    monkeypatch.setattr(confidence_files, "fit_identity", lambda: "0123456789abcdef")
    shelf = Shelf(tmp_path / "history")
    assert shelf.read("gold") == {}
    shelf.add("gold", {"d": (0.0, 0.0)})
    assert len(list((tmp_path / "history").iterdir())) == 2  # gold's older file went, and gold-x's stayed
    path = next((tmp_path / "history").glob("gold-0*"))
    written = path.read_bytes()
    for place in range(len(written)):
        path.write_bytes(written[:place] + bytes([written[place] ^ 1]) + written[place + 1 :])
        assert shelf.read("gold") == {}, "another C than was found"
    path.write_bytes(b"\x81")
    assert shelf.read("gold") == {}
    shelf.add("gold", {"d": (0.0, 0.0)})
    assert path.read_bytes() == written
