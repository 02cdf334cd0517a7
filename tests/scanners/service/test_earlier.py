"""A morning takes from the runs before it what they found for the same prices, and nothing else."""

from datetime import date

import pytest
from service_world import World, at, gather, quick

from lppl import datasets
from scanners.core.log import Log
from scanners.core.workers import Workers
from scanners.evidence import series_fits
from scanners.prices.series import Series
from scanners.scan import scanning
from scanners.scan.plan import plan_of
from scanners.service import earlier
from scanners.service.collection import collect
from scanners.service.daily import serve
from scanners.store import Store

DAYS = ("2024-01-02", "2024-01-03", "2024-01-04")


@pytest.fixture
def handed():
    """What each series is handed, in the order of the scans."""
    seen = []

    def noted(*prices_and_plan, known, **rest):
        seen.append(known)
        return gather(*prices_and_plan, **rest)

    with quick():
        scanning.gather = noted
        yield seen


def run(world, day):
    serve(world.daily(), now=lambda: at(day), tell=world.told.append, log=Log("none", None))
    with Store.open(world.database) as store:
        found = store.runs.results(store.runs.runs(as_of=date.fromisoformat(day))[0])
    return found["gold"]["evidence"]


def test_a_morning_is_handed_what_the_last_runs_found(tmp_path, monkeypatch, handed):
    world = World(tmp_path, names=("gold",))
    before = {}
    for day, share in zip(DAYS, (0.1, 0.2, 0.3), strict=True):
        world.put(day, gold=share)
        found = run(world, day)
        assert handed[-1] == before
        before[found["data"]["sha256"]] = (found["bubble"]["consensus"], 0.0)
    assert len(before) == 3
    monkeypatch.setattr(earlier, "fit_identity", lambda: "other code")
    world.put("2024-01-05", gold=0.4)
    run(world, "2024-01-05")
    assert handed[-1] == {}


def test_the_second_morning_fits_one_session_and_finds_the_same(tmp_path, monkeypatch):
    """Without pages and without a database; a revised close is fitted as if nothing were known."""
    closes = datasets.load("nasdaq")[:"1998-10-08"].iloc[-640:]
    asked, fit_together = [], series_fits.fit_together

    def counted(series, lengths, *how, **what):
        asked.append(len(series))
        return fit_together(series, lengths, *how, **what)

    monkeypatch.setattr(series_fits, "fit_together", counted)

    def found(prices, history):
        plan = plan_of("one", f"{prices.index[-1]:%Y-%m-%d}", "daily")
        series = [Series("nasdaq", "Nasdaq", "equity_index", lambda: prices)]
        done = collect(plan, series, tmp_path, workers=Workers(1), pages="none", history=history)
        return done.drafts[0]

    history = tmp_path / "history"
    first = found(closes.iloc[:-1], history)
    assert found(closes, history) == found(closes, None) != first
    assert asked == [3, 1, 3]
    assert first.found.bifurcation is not None
    revised = closes.copy()
    revised.iloc[-3] *= 1.001
    assert found(revised, history) != found(closes, None)
    assert asked[3:] == [3, 3]
