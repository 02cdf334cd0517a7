"""The built-in systems on public tables and prices to 2019: what docs/systems.md says of them."""

import pytest

from scanners.systems.reading import UNKNOWN
from scanners.systems.run import read_monitor
from scanners.systems.schema import load
from scanners.systems.shelf import Shelf

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
    assert read("japan", "inflation").state == "convergent"
    for system, monitor in (("us", "inflation"), ("china", "consumer_prices"), ("china", "producer_prices")):
        assert read(system, monitor).state == UNKNOWN


def test_real_against_nominal_rates(read):
    assert read("japan", "real_nominal").state == "falling"
    assert read("china", "real_nominal").state == UNKNOWN


def test_negative_yields_are_read(read):
    assert read("japan", "yield").state == "not slowing"
