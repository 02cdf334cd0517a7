"""Two sources of one series: what is said of each way in which they may differ, and what follows."""

from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from loopback import Answer, serve, soon

from scanners.config.watchlist import Entry
from scanners.core.errors import Unjudged
from scanners.prices import clocks
from scanners.prices.agreement.comparison import Closes, compare
from scanners.prices.agreement.look import look
from scanners.prices.agreement.record import read
from scanners.prices.agreement.words import sentence
from scanners.prices.interface import Bars
from scanners.prices.providers.computed import EXPONENTS, dollar_index
from scanners.prices.refresh import refresh
from scanners.prices.stored_closes import closes
from scanners.store import Store

NOW = datetime(2024, 6, 15, 12, tzinfo=timezone.utc)
DAYS = np.busday_offset("2023-05-22", np.arange(279))  # to 2024-06-13
RNG = np.random.default_rng(7)
WALK = 100 * np.exp(np.cumsum(RNG.normal(0, 0.01, len(DAYS))))
NOISE = np.exp(RNG.normal(0, 2e-4, len(DAYS)))


def told(other, days=DAYS, *, clock=clocks.SESSION, levels=False, one=WALK):
    mine = Closes("a", clocks.SESSION, DAYS, one)
    found = compare(mine, Closes("b", clock, days, other), levels=levels)
    return found.verdict, sentence(found)


def three_wrong():
    other = WALK * NOISE
    other[[50, 100, 150]] *= 1.03
    return other


def halved():
    return np.where(np.arange(len(DAYS)) < 150, WALK / 2, WALK) * NOISE


@pytest.mark.parametrize(
    ("other", "verdict", "words"),
    [
        (WALK, "agree", "a and b agree within 0.01% on 279 days"),
        (three_wrong(), "agree", "a and b agree within 0.05% but for"),
        (2.5 * WALK * NOISE, "scaled", "differ by a constant factor 2.5"),
        (halved(), "adjusted", "differ by another adjustment: factor 0.5"),
        (WALK[::-1].copy(), "differ", "in the median, worst"),
    ],
)
def test_what_is_said_of_two_sources(other, verdict, words):
    found = told(other)
    assert found[0] == verdict
    assert words in found[1]
    if verdict == "adjusted":
        assert f"before {DAYS[150]}" in found[1]


@pytest.mark.parametrize(("late", "who"), [(1, "b"), (-1, "a")])
def test_a_shift_by_a_day_is_named_with_who_is_late(late, who):
    other = np.roll(WALK * NOISE, late)
    verdict, words = told(other[2:-2], DAYS[2:-2])
    assert verdict == "shifted"
    assert f"{who} is a day late; without that they agree within 0.05%" in words


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_another_hour_of_the_day_is_no_shift(share):
    """A source that closes earlier has part of a day's move a day later: it agrees, its clock is said."""
    steps = np.diff(np.log(WALK), prepend=np.log(WALK[0]))
    part = share * steps
    other = WALK[0] * np.exp(np.cumsum(steps - part + np.append(0, part[:-1])))
    verdict, words = told(other, clock=clocks.NOON)
    assert verdict == "agree"
    assert words.endswith("(exchange session against noon in New York)")
    assert told(other, clock=clocks.NOT_STATED)[1].endswith("(the hours of b are not stated)")


def test_rates_are_compared_in_points_and_few_days_not_at_all():
    rate = np.cumsum(RNG.normal(0, 0.05, len(DAYS)))
    assert told(rate + 0.001, one=rate, levels=True) == (
        "agree",
        "a and b agree within 0.002 points on 279 days",
    )
    assert told(rate + 2, one=rate, levels=True)[0] == "scaled"
    assert told(WALK[:9], DAYS[:9])[0] == "too few"


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def table(symbol, close):
    lines = [f"{day},{value!r}" for day, value in zip(DAYS, np.round(close, 6).tolist(), strict=True)]
    return "\n".join([f"observation_date,{symbol}", *lines, ""]).encode()


def stooq(close):
    lines = [f"{day},,,,{value!r}," for day, value in zip(DAYS, np.round(close, 6).tolist(), strict=True)]
    return "\n".join(["Date,Open,High,Low,Close,Volume", *lines, ""]).encode()


def naver(close):
    rows = zip(DAYS.astype(object), np.round(close, 6).tolist(), strict=True)
    items = "".join(f'<item data="{day:%Y%m%d}|null|null|null|{value}|1" />' for day, value in rows)
    return f'<protocol><chartdata symbol="X">{items}</chartdata></protocol>'.encode()


def looked(store, first, second, third, **more):
    """Fetch the first source, then look at the others."""
    entry = Entry("index", "equity_index", {"fred": "X", "stooq": "x", "naver": "X", "csv": "index"})

    def answer(path):
        if "id=X" in path:
            return Answer(table("X", first))
        found = stooq(second) if "s=x" in path else naver(third)
        return Answer(found) if found else Answer(b"", 404)

    with serve(answer) as served:
        each = {"url": served.url, "interval": 0.0}
        options = {"fred": each, "stooq": each, "naver": each, "csv": {"folder": "nowhere"}}
        asked = {"deadline": soon(20), "now": NOW, "options": options}
        list(refresh(store, [entry], **asked))
        found = dict(look(store, [entry], **asked, **more))
        again = dict(look(store, [entry], **asked, **more))
        later = dict(look(store, [entry], **asked | {"now": NOW + timedelta(days=7)}))
    assert not again and later.keys() == found.keys()
    return entry, found["index"]


def test_sources_that_agree_are_looked_at_once_a_week_and_said_so(store):
    entry, found = looked(store, WALK, WALK * NOISE, WALK)
    assert [one.verdict for one in found.comparisons] == ["agree", "agree"]
    assert (found.source, found.alone) == ("fred", "")
    assert read(store, "index").comparisons == found.comparisons
    assert len(closes(store, entry)) == len(DAYS)


def test_a_source_that_two_contradict_gives_no_evidence(store):
    entry, found = looked(store, 2 * WALK, WALK * NOISE, WALK)
    assert ([one.verdict for one in found.comparisons], found.alone) == (["scaled"] * 2, "fred")
    with pytest.raises(Unjudged, match=r"fred and stooq differ by a constant factor 0\.5") as caught:
        closes(store, entry)
    assert caught.value.status == "quarantined"


def test_with_one_source_against_another_nothing_is_known(store):
    entry, found = looked(store, WALK, 2 * WALK, 3 * WALK)
    assert found.alone == ""
    assert len(closes(store, entry)) == len(DAYS)


def test_the_odd_one_among_the_others_is_named(store):
    entry, found = looked(store, WALK, WALK * NOISE, np.roll(WALK, 3))
    assert found.alone == "naver"
    assert len(closes(store, entry)) == len(DAYS)


def bars(pair, rate):
    missing = np.full(len(rate), np.nan)
    return Bars(
        series=pair,
        symbol=pair,
        provider="h10",
        sessions=rate.index.to_numpy().astype("datetime64[D]"),
        close=rate.to_numpy("float64"),
        **dict.fromkeys(("open", "high", "low", "volume"), missing),
        fetched_at=NOW,
        package="",
        payload_hash="",
    )


def test_the_computed_dollar_index_is_the_quoted_one(shared_prices):
    """Six noon rates of H.10 by the exchange's formula, against its quotes: another hour, the same level."""
    import pandas as pd

    folder = shared_prices.parent / "systems" / "prices"
    rates = pd.read_csv(folder / "h10_foreign_per_usd.csv", index_col=0, parse_dates=True)
    quoted = pd.read_csv(folder / "dxy.csv", index_col=0, parse_dates=True)["value"].dropna()
    six = {pair: rates[pair.replace("USD", "")].dropna() for pair in EXPONENTS}
    six = {pair: 1 / rate if pair.endswith("USD") else rate for pair, rate in six.items()}
    sessions, index = dollar_index({pair: bars(pair, rate) for pair, rate in six.items()})
    for first, last in (("1999", "2007"), ("2008", "2015"), ("2016", "2023")):
        span = (sessions >= np.datetime64(f"{first}-01-01")) & (sessions <= np.datetime64(f"{last}-12-31"))
        mine = Closes("computed", clocks.NOON, sessions[span], index[span])
        days = quoted.index.to_numpy().astype("datetime64[D]")
        found = compare(mine, Closes("quoted", clocks.SESSION, days, quoted.to_numpy()))
        assert (found.verdict, found.median < 2e-3) == ("agree", True), sentence(found)
