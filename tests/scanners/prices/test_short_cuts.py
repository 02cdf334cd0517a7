"""What a refresh spares itself changes nothing that is found: short cuts against the long way."""

from datetime import datetime, timedelta, timezone
from unittest.mock import patch

import numpy as np
import pandas as pd
from loopback import soon

from lppl.core.frequency import RECENT, frequency
from scanners.config.watchlist import Entry
from scanners.prices.interface import Bars, Provider
from scanners.prices.providers import registry
from scanners.prices.providers.assemble import assemble, one_by_one
from scanners.prices.quality import gate, rows, whole_series
from scanners.prices.quality.gate import Market, inspect
from scanners.prices.refresh import refresh
from scanners.store import Store

FIRST = np.datetime64("2024-01-01")
NOW = datetime(2024, 3, 8, 12, tzinfo=timezone.utc)


def series(rng):
    """A short series with up to three faults, or none."""
    days = np.busday_offset(FIRST, np.arange(48))
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, len(days))))
    for _ in range(rng.integers(4)):
        place, fault = rng.integers(1, len(days)), rng.integers(7)
        if fault == 0:
            close[place] = rng.choice([np.nan, np.inf, 0.0, -3.0, 2 * close[place]])
        elif fault == 1:
            days[place] = days[place - 1]
        elif fault == 2:
            days[place - 1 : place + 1] = days[place - 1 : place + 1][::-1]
        elif fault == 3:
            days[place], close[place] = days[place - 1] + 1, close[place - 1]
        elif fault == 4:
            days[place:] += 14
        elif fault == 5:
            close[place] = close[place - 1]
    missing = np.full(len(days), np.nan)
    columns = {"open": missing, "high": missing, "low": missing, "close": close, "volume": missing}
    return Bars(
        series="s",
        symbol="S",
        provider="test",
        sessions=days,
        fetched_at=NOW,
        package="",
        payload_hash="",
        **columns,
    )


def test_clean_rows_are_passed_without_judges_and_no_others():
    rng = np.random.default_rng(0)
    markets = [Market(), Market(every_day=True), Market("Asia/Seoul", "15:30"), Market(levels=True)]
    passed = 0
    for number in range(300):
        bars, market = series(rng), markets[number % 4]
        now = NOW + timedelta(hours=float(rng.integers(-40, 40)))
        found = inspect(bars, market, now)
        with patch.object(gate.quality_rows, "plain", return_value=False):
            long_way = inspect(bars, market, now)
        passed += rows.plain(bars, market, now)
        assert found.findings == long_way.findings
        assert str(found.quarantined) == str(long_way.quarantined)  # NaN is no equal of itself
        assert np.array_equal(found.bars.sessions, long_way.bars.sessions)
        assert np.array_equal(found.bars.close, long_way.bars.close)
    assert 30 < passed < 270


def test_bars_of_days_are_told_from_longer_ones_as_by_their_frequency():
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(100):
        steps = rng.integers(1, rng.integers(3, 45), RECENT + 20)
        days = FIRST + np.cumsum(steps)
        found = frequency(pd.DatetimeIndex(days))
        wanted = round(365.25 / found.a_year) if found.is_longer else 1
        assert whole_series._spacing(days) == wanted
        seen.add(wanted)
    assert {1, 7} <= seen


def test_new_series_do_not_read_the_whole_catalogue_each(tmp_path):
    days = np.busday_offset(FIRST, np.arange(48))

    def fetch_one(request, deadline):
        return assemble(request, "near", days, {"close": 100.0 + np.arange(48)}, payload_hash="1")

    near = Provider(name="near", fetch=one_by_one("near", fetch_one))
    entries = [Entry(f"s{number}", "equity", {"near": "S"}) for number in range(20)]
    statements = []
    with (
        Store.open(tmp_path / "lppl.db", write=True) as store,
        patch.object(registry, "_factory", lambda name: lambda: near),
    ):
        store.database.connection.set_trace_callback(statements.append)
        reports = list(refresh(store, entries, deadline=soon(), now=NOW))
    assert {report.verdict for report in reports} == {"new"}
    assert sum(statement.startswith("SELECT * FROM series") for statement in statements) <= 2
