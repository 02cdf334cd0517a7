"""The scripts behind the page of skill count what they say they count, on looks made by hand."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def script(request):
    sys.path.insert(0, str(SCRIPTS))
    request.addfinalizer(lambda: sys.path.remove(str(SCRIPTS)))

    def load(name):
        spec = importlib.util.spec_from_file_location(f"made_{name}", SCRIPTS / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def frame(series=4, looks=120):
    """Return monthly looks: every tenth has a shape and is followed by a fall, and one between."""
    rows = series * looks
    position = np.tile(604 + 21 * np.arange(looks), series)
    shape = np.tile(np.arange(looks) % 10 == 0, series)
    fell = shape | np.tile(np.arange(looks) % 10 == 5, series)
    day = pd.Timestamp("1990-01-01") + pd.to_timedelta(position * 365 // 252, unit="D")
    found = pd.DataFrame(
        {
            "series": np.repeat([f"s{k}" for k in range(series)], looks),
            "position": position,
            "date": day,
            "C": np.where(shape, 0.35, 0.0),
            "C3": np.where(shape, 0.35, np.nan),
            "two_years": 0.0,
            "z250": 0.0,
            "acceleration": 0.0,
            "new_high": False,
        }
    )
    for event in ("1.5s_60", "10_60", "20_120"):
        found[f"fell_{event}"] = fell.astype(float)
        found[f"p_{event}"], found[f"with_{event}"], found[f"usual_{event}"] = 0.25, 0.5, 0.3
    found["calm_10_60"] = np.random.default_rng(0).random(rows)
    return found


def test_a_rule_is_told_with_its_episodes_and_what_followed(script):
    rules = script("risk_rules")
    looks = rules.Looks(frame(), 21)
    told = rules.told(looks, rules.levels(looks)["critical"])
    assert told["episodes"] == 48  # every tenth of 120 looks of 4 series, 210 sessions apart
    assert told["a_year"] == pytest.approx(48 / 40)
    first = told["1.5s_60"]["onsets"]
    assert (first["observed"], first["stated"], first["ratio"]) == (1.0, 0.5, pytest.approx(4.0))
    assert first["usual"] == pytest.approx(0.2)
    assert told["10_60"]["precision"] == 1.0
    assert told["10_60"]["recall"] == pytest.approx(0.5)  # one fall in two began with the shape
    assert rules.rate_matched(looks, looks.c3 >= 0.3, "calm_10_60")[0].sum() == 48


def test_only_the_half_that_is_asked_for_is_told(script):
    rules = script("risk_rules")
    looks = rules.Looks(frame(), 21)
    inside = np.arange(len(looks.d)) < len(looks.d) // 2
    told = rules.told(looks, looks.c3 >= 0.3, inside)
    assert told["episodes"] == 24
    assert told["a_year"] == pytest.approx(48 / 40)


def test_as_rare_takes_the_highest_looks(script):
    evidence = script("risk_evidence")
    values = pd.Series([0.1, np.nan, 0.9, 0.5, 0.0])
    mask = pd.Series([True, True, False, False, False])
    assert evidence.as_rare(values, mask).tolist() == [False, False, True, True, False]


def test_a_run_up_that_halves_is_a_crash(script):
    run_ups = script("run_ups")
    closes = pd.Series(np.concatenate([np.linspace(100, 200, 300), np.full(201, 100.0), np.full(300, 150.0)]))
    fall, growth = run_ups.outcome(closes, 299)
    assert fall == pytest.approx(0.5)
    assert growth == pytest.approx(-0.25)
    assert run_ups.outcome(closes, 400) is None
