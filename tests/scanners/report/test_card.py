"""A card: numbers of the evidence as people read them, the two axes apart."""

import math
from dataclasses import replace

import pytest
from scan_rows import failed, falls, row

from scanners.config.policy import Policy
from scanners.core.figures import percent, price
from scanners.evidence.falls import FallChance, Falls
from scanners.evidence.moves import Moves
from scanners.report.card import card

POLICY = Policy()


def of(one, policy=POLICY):
    return card(one.evidence, one.verdict, policy)


def test_two_axes_and_a_sentence():
    found = of(row("a", up=0.33, falls=falls(0.22, 0.11)))
    assert (found.label, found.style, found.risk) == ("critical", "critical", "high")
    assert found.sentence == (
        "A fall of 20% within six months (120 sessions) has a chance of 22% [11%, 44%], usually 11%."
    )
    assert "33% of windows have the shape of a bubble (C3 0.33; warning from 0.20, critical from 0.30)" in (
        found.shape
    )
    assert found.sure.startswith("Statements between 20% and 30% (")


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
    assert (none.sentence, none.odds, none.table, none.gauge, none.sure, none.moves) == (
        "",
        (),
        (),
        None,
        "",
        (),
    )
    thin = card(
        replace(row("a").evidence, falls=Falls("thin", "it hardly trades", "1")), row("a").verdict, POLICY
    )
    assert thin.sure == "No chance of a fall is stated: it hardly trades." and thin.gauge is None
    lost = of(failed("a"))
    assert (lost.label, lost.style, lost.shape, lost.close) == ("failed", "no-verdict", "no such file", "")


def test_moves_and_prices_as_people_read_them():
    made = row("a")
    data = replace(made.evidence.data, moves=Moves(0.0004, -0.027, None))
    found = card(replace(made.evidence, data=data), made.verdict, POLICY)
    assert found.moves == (("day", "+0.0%"), ("week", "\N{MINUS SIGN}2.7%"), ("250 sessions", "+5.0%"))
    assert (percent(1.066), percent(None), percent(-0.5)) == ("+107%", "", "\N{MINUS SIGN}50.0%")
    assert (price(5048.62), price(0.89421), price(-37.63)) == ("5,048.62", "0.8942", "-37.63")
