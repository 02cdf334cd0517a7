"""Steps that no market made, days written twice, closes that stand still, holidays: what is believed."""

from datetime import date, datetime, timezone

import numpy as np
import pandas as pd
import pytest

from scanners.config.watchlist import Entry
from scanners.core.errors import CommandError, Unjudged
from scanners.prices.by_name import single
from scanners.prices.interface import Request
from scanners.prices.local import local_closes
from scanners.prices.market import market
from scanners.prices.providers.assemble import assemble
from scanners.prices.quality.files import refuse_doubtful
from scanners.prices.quality.gate import Market, inspect
from scanners.prices.quality.moves import steps
from scanners.prices.series import Series
from scanners.scan.scanning import scan

DAYS = pd.bdate_range(end="2026-11-26", periods=900)
WALK = 100 * np.exp(0.01 * np.random.default_rng(0).standard_normal(900).cumsum())
EQUITY = Market(splits=True)


def stepped(ratio, at=600):
    return pd.Series(WALK * np.where(np.arange(900) < at, 1.0, ratio), index=DAYS)


@pytest.mark.parametrize("ratio", [30, 35, 190, 1 / 9, 1 / 12, 1e-6, 1e6, 1 / 30, 1.8, 0.5])
def test_no_list_of_ratios_decides(ratio):
    with pytest.raises(Unjudged, match=r"looks like a split.*--confirm DATE") as error:
        refuse_doubtful(stepped(ratio), EQUITY)
    assert error.value.status == "quarantined"
    assert f"on {DAYS[600]:%Y-%m-%d}" in str(error.value)


def test_a_step_that_the_user_confirms_is_a_move():
    prices = stepped(30)
    assert refuse_doubtful(prices, Market(confirmed=(DAYS[600].date(),))) is prices
    entry = Entry("x", "equity", {"csv": "x"}, confirmed=(f"{DAYS[600]:%Y-%m-%d}",))
    assert market(entry).confirmed == (DAYS[600].date(),)
    with pytest.raises(ValueError, match="confirmed must be dates"):
        Entry("x", "equity", {"csv": "x"}, confirmed=("yesterday",))


def test_an_index_cannot_be_split_and_a_step_before_the_windows_blocks_nothing():
    assert len(refuse_doubtful(stepped(0.5), Market(splits=False))) == 900
    assert len(refuse_doubtful(stepped(30, at=100), EQUITY)) == 900
    with pytest.raises(Unjudged):
        refuse_doubtful(stepped(30, at=100), EQUITY, DAYS[90].date())


def test_volatility_explains_what_it_can():
    """A share whose typical day is 7% may move by two thirds, an ordinary one may not."""
    wild = pd.Series(100 * np.exp(0.1 * np.random.default_rng(1).standard_normal(900).cumsum()), index=DAYS)
    wild[600:] *= 1.66
    sessions = DAYS.to_numpy().astype("datetime64[D]")
    assert not list(steps(sessions, wild.to_numpy(), EQUITY))
    assert list(steps(sessions, stepped(1.66).to_numpy(), EQUITY))


def test_crashes_of_real_indices_are_no_splits(shared_prices):
    for name in ("sp500", "nasdaq", "dow_jones", "kosdaq", "gold", "silver", "bitcoin", "eurusd", "usdcny"):
        closes = pd.read_csv(shared_prices / f"{name}.csv", index_col=0, parse_dates=True)["close"].dropna()
        sessions = closes.index.to_numpy().astype("datetime64[D]")
        found = [one for one in steps(sessions, closes.to_numpy(), EQUITY) if one.severity == "error"]
        assert not found, (name, found)


@pytest.mark.parametrize("share", [0.49, 0.51, 2 / 3])
def test_closes_that_mostly_stand_still_are_too_thin(share):
    moves = 0.01 * np.random.default_rng(2).standard_normal(899)
    moves[np.random.default_rng(3).permutation(899)[: int(share * 899)]] = 0
    moves[-5:] = 0.01, -0.01, 0.01, -0.02, 0.01
    prices = pd.Series(100 * np.exp(np.append(0, moves).cumsum()), index=DAYS)
    still = int((np.diff(prices.to_numpy()[-751:]) == 0).sum())
    if still <= 375:
        assert len(refuse_doubtful(prices, EQUITY)) == 900
        return
    with pytest.raises(
        Unjudged, match=rf"too thin to judge: {still} of the last 750 closes.*limit 50%"
    ) as error:
        refuse_doubtful(prices, EQUITY)
    assert error.value.status == "insufficient_data"


def test_a_file_is_believed_alike_wherever_it_is_read(tmp_path):
    stepped(30).rename("close").rename_axis("date").to_csv(tmp_path / "x.csv", date_format="%Y-%m-%d")
    entry = Entry("x", "equity", {"csv": "x"})
    for read in (lambda: local_closes(entry, tmp_path), lambda: single(str(tmp_path / "x.csv"))):
        with pytest.raises(CommandError, match=r"times \S+ on"):
            read()
    before = f"{DAYS[599]:%Y-%m-%d}"
    assert len(local_closes(entry, tmp_path, before)) == 600
    assert len(single(str(tmp_path / "x.csv"), as_of=before)) == 600
    row = next(
        iter(scan([Series("x", "x", "equity", lambda: local_closes(entry, tmp_path))], "2026-11-26", jobs=1))
    )
    assert row.verdict.status == "quarantined"


@pytest.mark.parametrize(
    ("as_of", "age"), [("2023-10-06", 0), ("2023-10-08", 1), ("2023-10-09", 1), ("2023-10-17", 7)]
)
def test_holidays_of_the_exchange_make_no_series_stale(as_of, age):
    """China's golden week of 2023: six weekdays without a session."""
    pytest.importorskip("exchange_calendars")
    days = pd.bdate_range(end="2023-09-28", periods=60)
    prices = pd.Series(WALK[:60], index=days)
    row = next(iter(scan([Series("tl", "TL", "bond_future", lambda: prices, "XSHG")], as_of, jobs=1)))
    assert row.evidence.data.age == age
    assert (row.verdict.status == "stale") == (age > 5)
    without = next(iter(scan([Series("tl", "TL", "bond_future", lambda: prices)], "2023-10-09", jobs=1)))
    assert without.verdict.status == "stale"


@pytest.mark.parametrize(("volume", "close"), [(7.0, 1.0), (5.0, 1 + 1e-8)])
def test_the_last_day_twice_withdraws_nothing(volume, close):
    sessions = DAYS.to_numpy().astype("datetime64[D]")
    again, closes = np.append(sessions, sessions[-1]), np.append(WALK, close * WALK[-1])
    volumes = np.append(np.full(900, 5.0), volume)
    columns = {"close": closes, "open": closes, "volume": volumes}
    bars = assemble(Request("x", "x"), "csv", again, columns, package="", payload_hash="")
    checked = inspect(bars, EQUITY, datetime(2026, 11, 28, tzinfo=timezone.utc))
    assert not checked.quarantined
    assert checked.bars.sessions.tolist() == sessions.tolist()
    assert (checked.bars.close[-1], checked.bars.volume[-1]) == (closes[-1], volume)
    assert [finding.rule for finding in checked.findings] == ["duplicate"]
    assert checked.blocking(date(2000, 1, 1), date(2030, 1, 1)) == ()


def test_heavy_tails_explain_their_own(shared_prices):
    """Fear moved by two thirds on 2007-02-27, as it does now and then."""
    closes = pd.read_csv(shared_prices / "vix.csv", index_col=0, parse_dates=True)["close"].dropna()[
        :"2007-10-10"
    ]
    assert len(refuse_doubtful(closes, EQUITY)) == len(closes)
