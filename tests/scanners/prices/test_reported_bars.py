"""What users report of bars, through provider, gate and store."""

from datetime import date, datetime, timezone

import numpy as np
import pytest
from loopback import serve, soon
from source_answers import told

from scanners.config.watchlist import Entry
from scanners.prices.providers.assemble import latest_day
from scanners.prices.refresh import refresh
from scanners.store import Store

RECENT = np.busday_offset("2024-06-14", np.arange(-400, 0), roll="forward").tolist()  # to Thursday the 13th
# What is sent, and what the gate finds: the rule, and what is left of the bars.
SENT = {
    "as it should be": (lambda days: days, set(), 400),
    "the newest first": (lambda days: days[::-1], {"unsorted"}, 400),
    "days twice": (lambda days: sorted(days + days[50:60]), {"duplicate"}, 400),
    "a gap of a year": (lambda days: days[:60] + days[320:], {"gap"}, 140),
    "yesterday is missing": (lambda days: days[:-1], set(), 399),
    "a week is missing at the end": (lambda days: days[:-7], {"too_old"}, 393),
    "today is not over": (lambda days: [*days, date(2024, 6, 14)], {"unfinished"}, 400),
    "tomorrow": (lambda days: [*days, date(2024, 6, 17)], {"future"}, 400),
}


@pytest.mark.parametrize("name", SENT)
def test_what_users_report_of_bars_is_found_on_the_way_into_the_store(tmp_path, name):
    """Through provider, gate and store: nothing is repaired silently, nothing bad is stored."""
    change, rules, left = SENT[name]
    values = {day: round(100 + 3 * np.sin(n), 4) for n, day in enumerate([*RECENT, *SENT["tomorrow"][0]([])])}
    lines = [f"{day},,,,{values.get(day, 101.0)}," for day in change(RECENT)]
    entry = Entry("a", "equity_index", {"stooq": "x"}, timezone="America/New_York", close="16:00")
    noon = datetime(2024, 6, 14, 16, tzinfo=timezone.utc)
    answer = told("\n".join(["Date,Open,High,Low,Close,Volume", *lines, ""]))
    with serve(lambda path: answer) as served, Store.open(tmp_path / "a.db", write=True) as store:
        options = {"stooq": {"url": served.url, "interval": 0.0}}
        (report,) = refresh(store, [entry], deadline=soon(), now=noon, options=options)
    assert ({finding.rule for finding in report.findings} - {"constant_run"}, report.sessions) == (
        rules,
        left,
    )
    assert report.fresh == ("too_old" not in rules)


@pytest.mark.parametrize("moment", ["2024-06-14T10:30:00-07:00", "2024-06-15T02:30:00+09:00"])
def test_an_open_request_ends_where_the_day_is_latest(moment):
    assert latest_day(datetime.fromisoformat(moment)) == date(2024, 6, 15)
