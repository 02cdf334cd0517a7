"""A few percent of the draws of each table, with other seeds, agree with what its page says."""

import numpy as np
import pandas as pd
import pytest
from documented_tables import agree, between, cells, load

from earlywarning import surrogates


@pytest.mark.ci
def test_a_few_series_show_the_sizes_of_variants():
    maker = load("explosive_variants")
    for name in ("walk", "bubble that bursts"):
        row = cells("explosive_variants", name, table="GSADF")
        found = maker.of_tests(maker.PROCESSES[name], 12, paths=59)
        for share, variant in zip(found, maker.TESTS, strict=True):
            assert agree(round(12 * share), 12, float(row[variant]), 400), (name, variant)


@pytest.mark.ci
def test_a_few_panels_and_blocks_show_their_sizes():
    maker = load("explosive_variants")
    for name in ("GARCH walks", "5 of 5 walks with a bubble"):
        found = maker.of_panels(*maker.PANELS[name], 12, paths=59)
        row = cells("explosive_variants", name)
        for share, kind in zip(found, maker.PANEL_KINDS, strict=True):
            assert agree(round(12 * share), 12, float(row[kind]), 400), (name, kind)
    for name in ("walk", "bubble from the third session on"):
        found, _ = maker.of_monitors(maker.WATCHED[name], 20, paths=59)
        row = cells("explosive_variants", name, table="a block")
        for share, method in zip(found, maker.MONITORS, strict=True):
            assert agree(round(20 * share), 20, float(row[method].split(",")[0]), 400), (name, method)


def error(area, runs):
    """Standard error of an area by Hanley & McNeil (1982), as many hits as misses."""
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (runs - 1) * (one - area**2) + (runs - 1) * (two - area**2)
    return np.sqrt(spread) / runs


def near(found, runs, documented, documented_runs=150):
    """Whether two areas may be of one: 3.3 standard errors, none of them that of a perfect area."""
    spread = np.hypot(error(np.clip(documented, 0.05, 0.95), runs), error(documented, documented_runs))
    return abs(found - documented) <= 3.3 * spread


@pytest.mark.ci
def test_a_few_paths_have_the_documented_areas():
    maker, runs, suite = load("ew_roc"), 12, "Hopf / at rest"
    hit, miss = maker.SUITES[suite]
    hits, misses = maker.scores(hit(runs, 7)), maker.scores(miss(runs, 8))
    for j, name in enumerate(maker.ALL):
        documented = float(cells("roc", f"`{name}`")[suite].split(",")[0])
        assert near(maker.area(hits[:, j], misses[:, j]), runs, documented), name


@pytest.mark.slow
def test_every_suite_and_the_ring_have_the_documented_areas():
    maker, runs = load("ew_roc"), 30
    for suite, (hit, miss) in maker.SUITES.items():
        hits, misses = maker.scores(hit(runs, 9)), maker.scores(miss(runs, 10))
        for j, name in enumerate(maker.ALL):
            documented = float(cells("roc", f"`{name}`")[suite].split(",")[0])
            assert near(maker.area(hits[:, j], misses[:, j]), runs, documented), (suite, name)
    hits, misses = maker.chains(runs)
    for j, name in enumerate(maker.COLUMNS):
        documented = float(cells("roc", f"`{name}`")["approaching / at rest"].split(",")[0])
        assert near(maker.area(hits[:, j], misses[:, j]), runs, documented), name


@pytest.mark.ci
def test_palaeo_records_stand_among_their_surrogates_as_documented(shared_reference):
    maker = load("ew_roc")
    for title, file in maker.RECORDS.items():
        x = pd.read_csv(shared_reference / f"palaeo_{file}.csv")["state"].to_numpy()
        misses, hit = maker.scores(surrogates(x, "ar1", 12, seed=11)), maker.scores(x[None])[0]
        for j, name in enumerate(maker.ALL):
            below = np.count_nonzero(misses[:, j] < hit[j])
            assert agree(below, 12, float(cells("roc", f"`{name}`")[title]), 150), (title, name)


def test_areas_of_known_scores():
    maker = load("ew_roc")
    assert maker.area(np.array([1.0, 2.0]), np.array([1.0, 0.0])) == 0.875
    assert maker.found(np.array([0.5, 2.0]), np.arange(11) / 10) == 0.5


@pytest.mark.ci
def test_fresh_walks_lie_above_the_stored_value_as_often_as_documented():
    maker = load("critical_value_table")
    documented = float(cells("critical_values", "100")["fresh walks above our 95% value"].strip("%")) / 100
    assert agree(round(400 * maker.above(100, 400, seed=1)), 400, documented, 2000)


@pytest.mark.ci
def test_a_few_pairs_are_covered_as_documented():
    maker = load("coupling_coverage")
    for roots in ((0.936, 0.9), (1.0, 1.0)):
        row = cells("coupling", f"{roots[0]:g} and {roots[1]:g}")
        found = maker.shares(roots, 24, replications=59, seed=1)
        for share, column in zip(found, list(row)[1:], strict=True):
            assert agree(round(24 * share), 24, float(row[column]), 200), (roots, column)


@pytest.mark.ci
def test_a_few_portraits_show_what_is_documented():
    maker = load("portrait_power")
    for name in ("random walk", "double well"):
        row = cells("portrait", name, "500")
        found = maker.line(name, 500, 12, seed=1)
        for share, column in zip(found, list(row)[2:], strict=True):
            assert agree(round(12 * share), 12, float(row[column]), 60), (name, column)


@pytest.mark.slow
def test_a_few_ramps_are_timed_as_documented():
    maker, paths = load("tipping_power"), 12
    for name in ("drifting mean", "ramp, 95% of the way"):
        identified, *_ = maker.recovered(*maker.CASES[name], paths, np.random.default_rng(1))
        assert agree(int(identified.sum()), paths, float(cells("tipping", name)["identified"]), 60), name


@pytest.mark.parametrize("series", [4, pytest.param(40, marks=pytest.mark.slow)])
def test_a_few_series_are_rejected_as_documented(series):
    found = load("residual_tests").rejections(0.0, series, 39, seed=3)
    (row,) = [line for line in between("residual_tests") if line.startswith("| 0 |")]
    documented = [int(cell) / 100 for cell in row.strip("|").split("|")[1:]]
    for share, said in zip(found.T.ravel(), documented, strict=True):  # bootstrap and table, test by test
        assert agree(round(series * share), series, said, 200), (share, said)


@pytest.mark.slow
def test_a_few_bubbles_are_covered_as_documented():
    maker = load("tc_coverage")
    for noise, sigma, extra, title in (
        ("white", 0.01, {}, "white"),
        ("ar1", 0.01, {"phi": 0.9}, "AR(1), phi 0.9"),
    ):
        for method, found in maker.coverage(noise, sigma, extra, 20, seed=1).items():
            row = cells("tc_coverage", title, f"{sigma:g}", method)
            for share, column in zip(found.holds, ("80% holds tc", "95% holds tc"), strict=True):
                documented = float(row[column].split()[0]) / 100
                assert agree(round(20 * share.value), 20, documented, 200), (title, method, column)


@pytest.mark.ci
def test_a_few_histories_turn_as_documented():
    maker = load("feedback_power")
    for truth in ("independent walks", "slope turns, correlation +.5 to -.5"):
        row = cells("feedback", truth, "GARCH-t")
        found = maker.shares(truth, "GARCH-t", 12, seed=2)
        for share, column in zip(found[:3], list(row)[2:], strict=False):
            assert agree(round(12 * share), 12, float(row[column]), 200), (truth, column)


@pytest.mark.ci
def test_a_few_trends_break_as_documented():
    maker = load("channel_power")
    for truth in ("random walk, GARCH-t", "bent trend, deviations AR(1) .95"):
        found, _ = maker.shares(truth, 12, seed=4)
        assert agree(round(12 * found), 12, float(cells("channel", truth)["break found"]), 200), truth


@pytest.mark.ci
def test_starts_of_bubbles_are_those_of_the_page(shared_prices):
    maker = load("bubble_starts")
    for title, file, end, published in maker.CASES:
        row, setting = cells("bubble_start", f"{title}, {end}"), "750, narrow"
        assert row[setting] == maker.cell(
            *maker.start(shared_prices, file, end, published, *maker.SETTINGS[setting])
        )
