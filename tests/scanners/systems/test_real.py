"""The built-in systems on public tables and prices to 2019: what docs/systems.md says of them."""

import msgspec
import pandas as pd
import pytest

from scanners.systems import stress
from scanners.systems.dated_events import events
from scanners.systems.monitors.liquidity import rank_table
from scanners.systems.reading import UNKNOWN
from scanners.systems.registry import KINDS
from scanners.systems.schema import load
from scanners.systems.shelf import Shelf
from scanners.systems.system_reading import read_monitor

AS_OF = "2019-12-31"


@pytest.fixture
def read(shared_macro, shared_prices):
    def one(system, monitor, as_of=AS_OF):
        found = load(system)
        (wanted,) = [each for each in found.monitor if each.name == monitor]
        reading, _ = read_monitor(found, wanted, as_of, (shared_macro, shared_prices), (), None, False)
        assert reading.status in ("ok", "stale"), reading.evidence
        return reading

    return one


def test_the_yen_follows_the_spread_through_2014_to_2019(shared_macro, shared_prices):
    """The coefficient is above zero in every window, and no change of sign is established."""
    from earlywarning.macro.feedback import time_varying
    from scanners.systems.sampling import changes

    system = load("japan")
    shelf = Shelf(AS_OF, system.sources(), system.derived(), folders=(shared_macro, shared_prices))
    steps = changes(shelf, ["usdjpy", "spread"], "week")
    found = time_varying(steps[0], steps[1])
    years = found.frame["2014-01-01":"2019-12-31"]
    assert len(years) > 300
    assert (years["rolling"] > 0).all()
    assert (years["low"] > 0).mean() > 0.5
    assert found.regime == 1
    assert found.since < "2014"
    assert not found.changes
    whole = time_varying(steps[0]["2014":], steps[1]["2014":], window=104)
    assert whole.regime == 1


def test_japans_lead_monitor_says_negative_feedback(read):
    parity = read("japan", "parity")
    assert parity.state == "positive"
    assert parity.region == "negative feedback"
    assert parity.thesis == "contradicts"


@pytest.mark.parametrize(
    ("system", "monitor"), [("us", "debt_long"), ("us", "debt"), ("japan", "debt"), ("japan", "debt_long")]
)
def test_no_debt_limit_is_identified(read, system, monitor):
    """None of the four tables tells a tiring reaction from none; so no distance is printed."""
    reading = read(system, monitor, "2020-09-30")
    assert not reading.numbers["identified"]
    assert UNKNOWN in reading.distance
    assert reading.numbers["limit"] is None
    assert "limit" not in {*reading.numbers["intervals"], *reading.numbers["bootstrap"]}
    low, high = reading.numbers["intervals"]["linear_slope"]
    assert low < reading.numbers["linear_slope"] < high
    assert high - low < 0.25


def test_long_tables_reach_back(read):
    assert "1876 to 2019" in read("japan", "debt_long", "2020-09-30").evidence
    assert "1947 to 2019" in read("us", "debt_long", "2020-09-30").evidence


def test_treasuries_were_a_haven_and_gold_fell_with_yields(read):
    assert read("us", "haven").state == "haven"
    assert read("us", "gold_yield").state == "negative"


def test_inflation_of_the_three(read):
    """No table of forty years leaves a walk at 5%; none is called divergent."""
    for system, monitor in (
        ("japan", "inflation"),
        ("us", "inflation"),
        ("china", "consumer_prices"),
        ("china", "producer_prices"),
    ):
        assert read(system, monitor).state == UNKNOWN


def test_real_against_nominal_rates(read):
    assert read("japan", "real_nominal").state == "falling"
    assert read("china", "real_nominal").state == UNKNOWN


def test_negative_yields_are_read(read):
    assert read("japan", "yield").state == "not slowing"


@pytest.fixture
def shared_systems(shared_macro):
    folder = shared_macro.parent / "systems"
    if not folder.is_dir():
        pytest.skip("the tables of the systems are not here")
    return folder / "macro", folder / "prices"


def at(folders, system, name, as_of):
    found = load(system)
    (monitor,) = [one for one in found.monitor if one.name == name]
    return read_monitor(found, monitor, as_of, folders, (), None, False)[0]


def test_yahoos_yen_is_a_session_late_and_no_lead_rests_on_hours(shared_systems):
    found = at(shared_systems, "coupling", "lead_lag", "2019-12-31")
    assert found.state == "no lead"
    assert any("usdjpy is 1 session late against h10_jpy" in line for line in found.checks)


def test_the_dollar_broke_the_line_of_1992_and_1995_in_december_2003(shared_systems):
    found = at(shared_systems, "dollar", "line", "2004-01-31")
    assert (found.state, found.since) == ("broken", "2003-12-31")
    (line,) = [one for one in found.numbers["lines"] if one["drawn_label"].startswith("1997-01")]
    assert (line["first_label"][:7], line["second_label"][:7]) == ("1992-08", "1995-07")


def test_liquidity_is_a_crisis_in_march_2020_and_was_acute_in_all_dated_shortages(shared_systems):
    """Of the list as a whole, with what was in the files by the last day of each; the alarms between are
    counted by scripts/liquidity_episodes.py.
    """
    found = at(shared_systems, "coupling", "liquidity", "2020-03-16")
    assert found.state == "crisis", found
    assert found.numbers["shares"]["crisis"] < 0.02
    system = load("coupling")
    (monitor,) = [one for one in system.monitor if one.name == "liquidity"]
    shelf = Shelf("2023-12-31", system.sources(), system.derived(), folders=shared_systems)
    options = msgspec.convert(monitor.options, KINDS["liquidity"].options)
    states = stress.liquidity_states(rank_table(shelf, dict(monitor.inputs), options)[0])
    for one in events("liquidity", as_of="2023-12-31"):
        assert states[one.span[0] : one.span[1]].isin(["acute", "crisis"]).any(), one.name


@pytest.mark.slow
def test_a_date_of_a_sign_does_not_wander_with_new_data(shared_systems):
    """Relations as of the end of every quarter: a held sign keeps its date."""
    seen = {}
    for system, name in (("japan", "parity"), ("us", "gold_yield"), ("japan", "long_bond")):
        for as_of in pd.date_range("2017-03-31", "2023-12-31", freq="QE"):
            found = at(shared_systems, system, name, f"{as_of:%Y-%m-%d}")
            runs = found.numbers["memory"]["runs"]
            for run in runs[:-1]:
                seen.setdefault((name, run["start"]), run["end"])
                assert seen[name, run["start"]] == run["end"]
            starts = [run["start"] for run in runs]
            assert starts == sorted(starts)
            assert {start for key, start in seen if key == name} <= set(starts)


@pytest.mark.parametrize(("system", "name"), [("us", "debt"), ("us", "inflation")])
def test_the_date_of_a_feedback_state_stays_when_the_year_is_over(shared_systems, system, name):
    held = []
    for as_of in ("2019-12-31", "2023-12-31"):
        found = at(shared_systems, system, name, as_of)
        ended = [run for run in found.numbers["memory"]["runs"] if run["end"] < found.last]
        assert held == ended[: len(held)]
        held = ended
        if found.state.startswith(("divergent", "convergent")):
            assert found.since == found.numbers["memory"]["runs"][-1]["start"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("system", "names"),
    [
        ("us", ("debt", "balance")),
        ("japan", ("jp_debt", "jp_primary_balance", "jp_output_gap")),
        ("us", ("inflation",)),
        ("japan", ("inflation",)),
        ("china", ("cn_inflation",)),
        ("china", ("cn_ppi_inflation",)),
        ("china", ("deflator",)),
    ],
)
def test_feedback_states_walk_month_by_month_without_taking_anything_back(shared_systems, system, names):
    """As of the end of every month from 2012 on: what was said of an earlier date is said of it still."""
    from earlywarning.macro.debt_memory import debt_memory
    from earlywarning.macro.state_memory import portrait_memory
    from scanners.systems.monitors.debt import _by_period

    said: dict[pd.Timestamp, int] = {}
    found = load(system)
    for as_of in pd.date_range("2012-01-31", "2023-12-31", freq="ME"):
        shelf = Shelf(f"{as_of:%Y-%m-%d}", found.sources(), found.derived(), folders=shared_systems)
        if len(names) == 1:
            values = shelf.get(names[0])
            if len(values) < 52:
                continue
            memory = portrait_memory(values, lags=12 if shelf.frequency(names[0]) == "monthly" else None)
        else:
            frequency = shelf.frequency(names[0])
            parts = [_by_period(shelf.get(name), frequency, "", not row) for row, name in enumerate(names)]
            try:
                memory = debt_memory(
                    parts[0],
                    parts[1],
                    controls=parts[2].to_frame() if len(parts) > 2 else None,
                    dt=0.25 if frequency == "quarterly" else 1.0,
                )
            except ValueError:  # fewer than thirty years yet
                continue
        now = dict(zip(memory.index, memory.states.tolist(), strict=True))
        assert all(now[day] == state for day, state in said.items())
        said = now
    assert len(said) > 30
