"""A card: numbers of the evidence as people read them, the two axes apart."""

import math
from dataclasses import replace

import pytest
from scan_rows import failed, falls, row

from scanners.config.policy import Policy
from scanners.core.figures import percent, price
from scanners.evidence.falls import FallChance, Falls
from scanners.evidence.moves import Moves
from scanners.report.card import card, past_of
from scanners.report.html import unbroken
from scanners.verdict.fall_words import risk_reason
from scanners.verdict.trail import Peak, Trail

POLICY = Policy()


def of(one, policy=POLICY):
    return card(one.evidence, one.verdict, policy, one.trail)


def test_two_axes_and_a_sentence():
    found = of(row("a", up=0.33, falls=falls(0.22, 0.11)))
    assert (found.label, found.style, found.risk) == ("critical", "critical", "high")
    assert found.lead == (
        "Critical, up 5% in a year: a fall of 20% within six months has a chance of 22 in 100 (11 to 44), "
        "usually 11"
    )
    assert found.rest.startswith("raised by volatility") and found.rest.endswith("24 came true.")
    assert found.shape == (
        "33% of windows have the shape of a bubble (warning from 20%; critical from 10% after a doubling in "
        "two years, else 30%)."
    )


def test_what_faded_is_told_with_its_dates():
    peak = Peak("critical", "2023-11-02", "2023-12-14", 0.45, 0.21)
    one = replace(
        row("a", up=0.04), trail=Trail(("2024-01-01",), (0.04,), ("calm",), "2023-12-15", 11, True, peak)
    )
    assert of(one).past == (
        "It was critical from 2 November to 14 December: 45% of windows had the shape, now 4%; the price has "
        "moved +21.0% since."
    )
    watch = replace(one.trail, peak=replace(peak, level="watch", C3=None, first=peak.last, change=0.0))
    assert past_of(watch) == "It was on watch on 14 December; the price is where it was."
    assert of(row("a", up=0.04)).past == ""


def test_chips_leave_out_what_moves_little_and_end_with_the_product():
    found = of(row("a", falls=falls(0.22, 0.11)))
    assert found.odds == (
        ("volatility", "×1.9"),
        ("trend", "×0.8"),
        ("odds against usual", "×1.6"),
    )
    assert math.prod((1.9, 0.8, 1.0, 1.02)) == pytest.approx(1.6, abs=0.06)


def test_the_table_has_the_largest_sizes_of_the_class_beside_the_usual():
    found = of(row("a", falls=falls(0.22, 0.004)))
    assert found.table == tuple((size, (("22", "<1"),) * 3) for size in ("10%", "20%", "30%"))
    small = tuple(
        FallChance(size, horizon, 0.2, 0.1, 0.1, 0.3, 1.0, 1.0, 1.0, 1.0)
        for size in ("2", "5", "10", "1s")
        for horizon in (60, 250)
    )
    currency = Falls("ok", "", "test", small, ("5", 60), ("10", 120))
    table = card(replace(row("a").evidence, falls=currency), row("a").verdict, POLICY).table
    assert [size for size, _ in table] == ["2%", "5%", "10%"]
    assert table[0][1] == (("20", "10"), ("", ""), ("20", "10")), "a horizon that is not stated stays empty"


@pytest.mark.parametrize(("chance", "usual"), [(0.02, 0.01), (0.4, 0.2), (0.97, 0.95)])
def test_the_gauge_holds_all_that_it_shows(chance, usual):
    gauge = of(row("a", falls=falls(chance, usual))).gauge
    assert 0 < gauge.usual < gauge.chance <= gauge.high <= 1.0 and gauge.low < gauge.chance
    assert gauge.chance / gauge.usual == pytest.approx(chance / usual)
    assert gauge.said.startswith("A fall of 10% within 3 months: ")


def test_nothing_is_made_up():
    none = of(row("a"))
    assert (none.odds, none.table, none.gauge, none.moves) == ((), (), None, ())
    assert (none.lead, none.rest) == ("Calm, up 5% in a year", ".")
    thin = card(
        replace(row("a").evidence, falls=Falls("thin", "it hardly trades", "1")), row("a").verdict, POLICY
    )
    assert thin.rest == "no chance of a fall is stated: it hardly trades." and thin.gauge is None
    lost = of(failed("a"))
    assert (lost.label, lost.style, lost.lead, lost.close) == ("failed", "no-verdict", "no such file", "")


def test_moves_and_prices_as_people_read_them():
    made = row("a")
    data = replace(made.evidence.data, moves=Moves(0.0004, -0.027, None))
    found = card(replace(made.evidence, data=data), made.verdict, POLICY)
    assert found.moves == (("day", "+0.0%"), ("week", "\N{MINUS SIGN}2.7%"))
    assert (percent(1.066), percent(None), percent(-0.5)) == ("+107%", "", "\N{MINUS SIGN}50.0%")
    assert (price(5048.62), price(0.89421), price(-37.63)) == ("5,048.62", "0.8942", "-37.63")


def test_the_rise_is_told_without_a_sign():
    one = row("a", up=0.33)
    momentum = replace(one.evidence.momentum, return_500=1.82)
    found = of(replace(one, evidence=replace(one.evidence, momentum=momentum)))
    assert found.shape.endswith("; the price rose by 182% in two years.")


@pytest.mark.parametrize(
    ("chance", "told"),
    [(0.2159, "2.2 times"), (0.1962, "just under 2.0 times"), (0.1459, "just under 1.5 times")],
)
def test_no_rounding_lifts_a_chance_over_a_threshold(chance, told):
    found = risk_reason(falls(chance, 0.1), "raised", POLICY)
    assert f"({told})." in found


def test_no_line_breaks_a_date():
    assert unbroken("<b> 2000-03-10.") == '&lt;b&gt; <span class="date">2000-03-10</span>.'
