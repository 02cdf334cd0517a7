"""docs/risk.md says what the shipped record says, and its record is that of the shipped models."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

from scanners.risk.coefficients import UNCLASSIFIED, shipped
from scanners.risk.record import measured

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "risk.md").read_text("utf-8")


@pytest.fixture(scope="module")
def page():
    spec = importlib.util.spec_from_file_location("risk_page", ROOT / "scripts" / "risk_page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_measured_figure_of_the_page_is_that_of_the_record(page):
    part = PAGE.split(page.BEGIN)[1].split(page.END)[0]
    assert part == page.measured(measured())


def test_another_record_would_be_another_page(page):
    other = json.loads(json.dumps(measured()))
    other["skill"]["10_60"]["own"][0] += 0.01
    assert page.measured(other) != page.measured(measured())


def test_measured_figures_stand_in_the_measured_part_alone(page):
    """Outside it no interval is told, and no figure with three decimals."""
    before, rest = PAGE.split(page.BEGIN)
    outside = before + rest.split(page.END)[1].split("### What did not help")[0]
    assert not re.findall(r"\[-?\d*\.\d+, -?\d*\.\d+\]|(?<!\d)\.\d{3}\b", outside)


def test_the_record_is_of_the_shipped_models():
    assert measured()["version"] == shipped().version
    assert measured()["panel"] == shipped().panel


def test_the_widths_that_ship_hold_what_they_say():
    for horizon, width in shipped().widths.items():
        era = measured()["eras"][str(horizon)]
        assert era["width"] == width
        assert 0.8 <= era["inside"] <= 0.95


def test_models_are_ordered_and_each_serves_only_later_dates():
    since = shipped().since
    assert (since[1:] > since[:-1]).all()
    assert set(range(1950, 2022)) <= set(since.tolist())


def test_a_class_not_known_yet_takes_what_the_unclassified_take():
    coin, unknown = shipped().on(np.array([1975]), "crypto"), shipped().on(np.array([1975]), None)
    np.testing.assert_array_equal(coin.coefficients, unknown.coefficients)
    assert UNCLASSIFIED in shipped().classes
    assert not np.array_equal(
        shipped().on(None, "crypto").coefficients, shipped().on(None, None).coefficients
    )
