"""Monitors of levels, debt and its holders, falls, turns at shortages; and how their series are made."""

from datetime import date, datetime, timezone

import msgspec
import numpy as np
import pandas as pd
import pytest
from given_shelf import Given
from numpy.testing import assert_allclose
from scipy.stats import kendalltau

from scanners.store.bar_history import Provenance
from scanners.store.store import Store
from scanners.systems.monitors.depth import depths
from scanners.systems.monitors.divergence import held_by_years, permuted_tau
from scanners.systems.monitors.steps import held_at_shortages, meetings
from scanners.systems.options import StepsOptions
from scanners.systems.reading import UNKNOWN
from scanners.systems.recipes import bond_price, combine, continued
from scanners.systems.registry import KINDS
from scanners.systems.schema import Derived, Recipe
from scanners.systems.shelf import Missing, Shelf
from scanners.systems.sources import builtin

AS_OF = "2019-12-31"
DAYS = pd.bdate_range("2008-01-01", AS_OF)
MONTHS = pd.date_range("1990-01-01", "2019-11-01", freq="MS")
YEARS = pd.date_range("1975-12-31", "2018-12-31", freq="YE")


def described(name, values):
    """A level but for ``price``, as often as its dates say."""
    kind = "price" if name.startswith("price") else "level"
    return kind, {"B": "daily", "M": "monthly", "Y": "annual"}[values.index.freqstr[0]]


def given(**series):
    return Given(AS_OF, described, **series)


def read(kind, inputs, options=None, **series):
    chosen = msgspec.convert(options or {}, KINDS[kind].options)
    return KINDS[kind].function()(given(**series), inputs, chosen).reading


def noise(seed, index, size=1.0):
    return pd.Series(size * np.random.default_rng(seed).standard_normal(len(index)), index)


def test_a_real_rate_that_moves_first_leads_and_a_stranger_does_not():
    rate = noise(1, MONTHS, 0.3).cumsum()
    before = (rate - rate.shift(12)).shift(1).fillna(0.0)
    real = 100 * np.exp(np.cumsum(-0.004 * before + noise(2, MONTHS, 0.01)))
    options = {"log": True, "draws": 49}
    found = read("lead", {"y": "real", "x": "rate"}, options, real=real, rate=rate)
    assert found.state == "negative"
    low, high = found.numbers["interval"]
    assert low < -0.4 < high
    strange = read("lead", {"y": "real", "x": "rate"}, options, real=100 + noise(3, MONTHS), rate=rate)
    assert strange.state == UNKNOWN


def test_a_level_below_its_own_mean_is_told_by_months():
    """Monthly figures stand under the first of a month, prices under their sessions: months are joined."""
    real = 100 + noise(4, MONTHS, 2.0)
    real["2019-06-01":] -= 15.0
    options = {"every": "month", "window": 120, "ahead": 12, "log": True}
    found = read("gap", {"y": "real"}, options, real=real)
    assert (found.state, found.since) == ("below", "2019-06-01")
    off = 100 * (real.iloc[-1] / np.exp(np.log(real.iloc[-132:-12]).mean()) - 1)
    assert f"{off:+.1f}% from the line" in found.estimate  # per cent of the line, no logs
    assert "The mean of the 120 months before" in found.evidence
    price = pd.Series(np.exp(np.cumsum(noise(5, DAYS, 0.01))), DAYS)
    options = {"every": "month", "window": 60, "ahead": 12}
    both = read("gap", {"y": "price", "x": "real"}, options, price=price, real=real)
    assert both.status == "ok"
    assert both.last == "2019-11-29"  # the last session of the last month that has both


def test_revisions_that_run_one_way_are_told():
    told = noise(6, MONTHS, 20.0) - np.where(MONTHS >= "2018-09-01", 60.0, 0.0)
    options = {"window": 12, "spread": 40, "level": True, "draws": 49}
    assert read("drift", {"y": "told"}, options, told=told).state == "downward"


def test_a_fall_beyond_what_walks_do_is_told_with_the_price_that_ends_it():
    price = np.exp(noise(7, DAYS, 0.01).cumsum() * 0.2)
    assert read("depth", {"x": "price"}, price=price).state == "ordinary"
    price *= np.exp(-np.clip(np.arange(len(DAYS)) - (len(DAYS) - 200), 0, None) * 0.0015)
    found = read("depth", {"x": "price"}, price=price)
    assert found.state == "fallen"
    assert "2019-03-26" < found.since < AS_OF
    assert found.value == pytest.approx(-100 * (1 - price.iloc[-1] / price.iloc[-2500:].max()), rel=1e-9)
    edge = float(found.mind.split()[1])
    assert price.iloc[-1] < edge < price.max()
    below, whole = depths(np.log(price), 400)
    size = np.log(price).iloc[-2500:].diff().iloc[1:].std() * 20  # of ten years, not of the fall
    assert_allclose(whole.iloc[-1], (np.log(price).iloc[-400:].max() - np.log(price).iloc[-1]) / size)
    assert (below >= 0).all()


def debt(tilt):
    late = tilt * np.clip(np.arange(len(YEARS)) - (len(YEARS) - 6), 0, None)
    debt = 60 + pd.Series(np.arange(len(YEARS)) * 1.0, YEARS) + noise(8, YEARS)
    interest = (4 + late + noise(9, YEARS, 0.3)) * debt / 100
    return {
        "debt": debt,
        "balance": noise(10, YEARS, 0.5) - late,
        "interest": interest,
        "burden": 100 * interest / 30,
        "growth": 4 + noise(11, YEARS, 0.5),
    }


NAMES = {name: name for name in ("debt", "balance", "interest", "burden", "growth")}


def test_debt_that_diverges_is_told_with_its_parts_and_who_leaves():
    quiet, loud = (read("divergence", NAMES, {"past": 10}, **debt(tilt)) for tilt in (0.0, 3.0))
    assert (quiet.state, loud.state) == (UNKNOWN, "diverging")
    assert "r - g" in loud.evidence
    assert "five years before" in loud.evidence
    series = debt(0.0)
    from scanners.systems.monitors.divergence import divergence_table

    options = msgspec.convert({"past": 10}, KINDS["holder"].options)
    index = divergence_table(given(**series), NAMES, options)["index"]
    share = (30 - 3 * index.ffill().fillna(0.0)).asfreq("YE")
    inputs = {**NAMES, "holder": "share"}
    assert read("holder", inputs, {"past": 10}, **series, share=share).state == "leaves"
    assert read("holder", inputs, {"past": 10}, **series, share=60 - share).state == "fills"
    stranger = read("holder", inputs, {"past": 10}, **series, share=30 + noise(13, YEARS).cumsum())
    assert stranger.state == UNKNOWN


def test_a_permuted_rank_correlation_is_as_often_large_as_its_size():
    rng = np.random.default_rng(0)
    found = [permuted_tau(*rng.standard_normal((2, 20)), 59)[1] <= 0.05 for _ in range(200)]
    assert 0.01 < np.mean(found) < 0.10  # 99% of binomials of 200 at .05


def test_a_rank_correlation_with_ties_is_that_of_scipy():
    x, y = np.random.default_rng(1).integers(0, 4, (2, 25)).astype(float)
    assert permuted_tau(x, y, 19)[0] == pytest.approx(kendalltau(x, y).statistic, rel=1e-12)


def test_what_is_held_of_holders_and_of_shortages_stays_when_years_and_turns_are_added():
    rng = np.random.default_rng(3)
    x = rng.standard_normal(40)
    y = -np.where(np.arange(40) < 18, 0.9, -3.0) * x + 0.3 * rng.standard_normal(40)
    whole = held_by_years(x, y)
    assert whole[17] == -1
    assert whole[-1] != -1
    for n in (14, 21, 27):
        assert held_by_years(x[:n], y[:n]).tolist() == whole[:n].tolist()
    places, short = np.sort(rng.choice(np.arange(300, 5600), 60, replace=False)), np.zeros(6000, bool)
    for place in places[20:45]:
        short[place : place + 15] = True
    options = StepsOptions()
    held = held_at_shortages(places, short, options)
    assert held[44]
    assert not held[19]
    for n in (30, 45, 59):
        seen = short[: places[n - 1] + options.within + 1]
        assert held_at_shortages(places[:n], seen, options).tolist() == held[:n].tolist()


def test_a_series_of_few_figures_has_a_direction():
    share = 20 + noise(14, YEARS).cumsum()
    assert read("course", {"y": "share"}, share=share).state == UNKNOWN
    share.iloc[-4:] += np.array([4.0, 8.0, 12.0, 16.0])
    found = read("course", {"y": "share"}, share=share)
    assert found.state == "rising"
    assert "Next year a figure below" in found.mind


def test_turns_meet_shortages_within_the_sessions_and_not_by_chance():
    short = np.zeros(1000, bool)
    short[100:110] = short[500:505] = True
    met, chance, p_value = meetings(np.array([92, 112, 120, 495, 700]), short, 10)
    assert met.tolist() == [True, True, False, True, False]
    assert chance == pytest.approx(55 / 1000, abs=0.02)
    assert p_value <= 0.05
    rng = np.random.default_rng(1)
    found = [meetings(rng.integers(0, 1000, 20), short, 10)[2] <= 0.05 for _ in range(200)]
    assert np.mean(found) < 0.10


def test_high_geopolitical_risk_is_a_shock_and_without_it_that_is_said():
    from scanners.systems.monitors.shocks import responses

    options = msgspec.convert({"history": 250}, KINDS["shocks"].options)
    table = pd.DataFrame({"bond": 0.0, "shock": 0.0}, DAYS)
    risk = noise(15, DAYS)
    risk["2015-05-09":"2015-05-12"] = 99.0  # from a Saturday on: the next session counts
    risk = risk.resample("D").ffill()
    names = responses(table, ["bond"], options, AS_OF, risk)["name"]
    assert names["2015-05-11"] == "geopolitical risk"
    assert "geopolitical risk" not in set(responses(table, ["bond"], options, AS_OF)["name"])


def test_a_bond_at_par_moves_by_its_yield_and_stands_before_its_future():
    days = pd.bdate_range("2020-01-01", periods=3)
    price = bond_price(pd.Series([2.0, 2.1, 0.0], days), 10)
    value = sum(2.0 / 1.021**t for t in range(1, 11)) + 100 / 1.021**10
    assert_allclose(price, [100.0, value, value * 1.21], rtol=1e-12)
    future = pd.Series([50.0, 51.0], days[1:])
    assert_allclose(continued(price, future), [50.0 * 100 / value, 50.0, 51.0])
    assert continued(price[:0], future) is future
    recipe = Recipe(of=("future", "yield"), how="bond", years=10)
    assert_allclose(combine(recipe, [future, pd.Series([2.0, 2.1, 0.0], days)], builtin()["tl"])[-1:], 51.0)
    with pytest.raises(ValueError, match="years must be given for a bond"):
        Recipe(of=("future", "yield"), how="bond")


def test_a_carry_basket_a_real_gap_and_a_scaled_ratio():
    days = pd.bdate_range("2020-01-01", periods=2)
    yen, peso, real = (pd.Series(values, days) for values in ([100.0, 110.0], [20.0, 20.0], [4.0, 5.0]))
    recipe = Recipe(of=("yen", "peso", "real"), how="basket")
    assert_allclose(
        combine(recipe, [yen, peso, real], builtin()["h10_jpy"]), [np.sqrt(5 * 25), np.sqrt(5.5 * 22)]
    )
    months = pd.to_datetime(["2020-01-01", "2020-02-01"])
    parts = [
        pd.Series([2.0, 3.0], months),
        pd.Series([4.0, 6.0, 5.0], pd.to_datetime(["2020-01-02", "2020-01-03", "2020-02-03"])),
        pd.Series([1.0, 1.0], months),
        pd.Series([0.5, 0.5], pd.to_datetime(["2020-01-06", "2020-02-05"])),
    ]
    gap = combine(Recipe(of=("a", "b", "c", "d"), how="real_gap"), parts, builtin()["us_inflation"])
    assert_allclose(gap, [(5 - 2) - (0.5 - 1), (5 - 3) - (0.5 - 1)])
    ratio = Recipe(of=("a", "b"), how="ratio", scale=1000)
    assert combine(ratio, [yen / 1e3, yen], builtin()["us_debt"]).tolist() == [100.0, 100.0]


def test_revisions_come_from_the_versions_that_the_store_has_kept(tmp_path):
    """January and February were there at first; March is told in April, and revised in May and July."""
    months = np.arange("2019-01", "2019-06", dtype="datetime64[M]").astype("datetime64[D]")
    path = tmp_path / "lppl.db"
    with Store.open(path, write=True) as store:
        for day, values in (
            ("2019-03-10", [100.0, 101.0]),
            ("2019-04-05", [100.0, 101.0, 103.0]),
            ("2019-05-05", [100.0, 101.0, 102.0, 104.0]),
            ("2019-07-01", [100.0, 101.0, 102.5, 104.0, 105.0]),
        ):
            moment = datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=timezone.utc)
            store.bars.write(
                "us_payrolls",
                months[: len(values)],
                np.array(values),
                provenance=Provenance("fred", symbol="PAYEMS"),
                known_at=moment,
                whole=True,
            )
    derived = Derived(
        name="told",
        title="Revisions",
        recipe=(Recipe(of=("us_payrolls_first",)), Recipe(of=("us_payrolls",), how="revision", days=30)),
    )

    def revisions(as_of):
        return Shelf(as_of, builtin(), {"told": derived}, database=path).get("told")

    found = revisions("2019-12-31")
    assert found.index.strftime("%Y-%m-%d").tolist() == ["2019-03-01", "2019-04-01"]
    assert_allclose(found, [-1.0, 0.0])
    assert len(revisions("2019-06-01")) == 1  # nothing of July is known yet
    with pytest.raises(Missing, match="its revisions are kept from then on"):
        revisions("2019-04-01")
