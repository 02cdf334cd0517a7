"""``lppl panel``: a shared bubble is found, none where there is none, and nobody is dropped in silence."""

import json

import numpy as np
import pandas as pd
import pytest

from scanners.core.errors import CommandError
from scanners.prices.series import Series
from scanners.scan.together import together

DATES = pd.bdate_range("2015-01-01", periods=5 * 160)
SHARED = np.where(np.arange(len(DATES)) < 600, 0.0, np.minimum(1.0, (np.arange(len(DATES)) - 600) / 120) ** 2)


def listed(shared, number=5):
    noise = np.random.default_rng(3).normal(0, 0.01, (number, len(DATES)))
    closes = [pd.Series(100 * np.exp(np.cumsum(each) + shared), DATES) for each in noise]
    return [Series(f"s{k}", f"S {k}", "equity", lambda each=each: each) for k, each in enumerate(closes)]


def test_a_bubble_that_the_list_shares_is_dated_and_unrelated_walks_have_none():
    found = together(listed(1.5 * SHARED), as_of=None, weeks=160, replications=99)
    assert found.p_value <= 0.01 and len(found.now) == 5
    (episode,) = found.episodes
    assert "2017-06-01" < episode.start_label < "2017-11-01"
    calm = together(listed(0 * SHARED), as_of=None, weeks=160, replications=99)
    assert calm.p_value > 0.1 and not calm.episodes


def test_nothing_after_the_date_is_seen():
    whole = together(listed(SHARED), as_of="2017-05-17", weeks=100, replications=19)
    cut = [
        Series(one.name, one.title, "equity", lambda one=one: one.read()[:"2017-05-17"])
        for one in listed(SHARED)
    ]
    assert whole.to_dict() == together(cut, as_of=None, weeks=100, replications=19).to_dict()
    assert whole.to_dict()["last"] == "2017-05-17"


def test_a_series_that_cannot_be_used_is_named_with_the_reason():
    young = Series("young", "Young", "equity", lambda: listed(SHARED)[0].read().iloc[400:])
    level = Series("rate", "Rate", "equity", lambda: listed(SHARED)[0].read() - 200)
    found = together([*listed(SHARED, 3), young, level], as_of=None, weeks=160, replications=19)
    assert list(dict(found.left_out)) == ["rate", "young"]
    assert "prices must be above 0" in dict(found.left_out)["rate"]
    assert dict(found.left_out)["young"] == "has no close in 79 of 160 weeks, first 2015-01-09"
    with pytest.raises(CommandError, match=r"a panel needs two series, got 0 \(young: has no close in 79"):
        together([young], as_of=None, weeks=160)


def test_the_command_says_it_in_words_and_in_json(lppl):
    code, out, _ = lppl("panel", "--watchlist", "demo", "--as-of", "2000-03-10", "--paths", "19")
    assert code == 0 and "Not explosive together" in out
    assert "left out sp500: has no close in 198 of 260 weeks" in out
    found = json.loads(
        lppl("panel", "--watchlist", "demo", "--as-of", "2000-03-10", "--paths", "19", "--json")[1]
    )
    assert found["weeks"] == 260 and list(found["series"]) == ["nasdaq", "wti", "gold"]
