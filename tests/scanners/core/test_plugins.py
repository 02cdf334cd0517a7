"""A dummy of each kind, added from outside: no file of ours names it.

Providers and channels, which are more than a line, have theirs in ``prices/test_fetch.py`` and
``alerts/test_channels.py``.
"""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pandas as pd
import pytest

import earlywarning
import lppl
from earlywarning.slowing.indicators import INDICATORS, Indicator
from scanners.config.layers import load
from scanners.config.presets import build
from scanners.core import plugins
from scanners.core.errors import CommandError
from scanners.evidence.gathering import gather
from scanners.report.panels import Shown, panels
from scanners.report.past import closes
from scanners.systems import schema
from scanners.systems.registry import kind_of, kinds
from scanners.systems.system_reading import read_systems


@pytest.fixture
def installed(monkeypatch):
    found = [
        EntryPoint("rise", "plugin_parts:RISE", plugins.MONITORS),
        EntryPoint("odd", "plugin_parts:rise", plugins.MONITORS),
        EntryPoint("gone", "no_such_module:KIND", plugins.MONITORS),
        EntryPoint("drawdown", "plugin_parts:drawdown", plugins.PANELS),
        EntryPoint("failing", "plugin_parts:failing", plugins.PANELS),
        EntryPoint("gone", "no_such_module:panels", plugins.PANELS),
    ]
    monkeypatch.setattr(plugins, "entry_points", lambda **wanted: EntryPoints(found).select(**wanted))


SYSTEM = """
title = "Mine"
about = "A test."
lead = "up"

[[source]]
name = "mine"
title = "My index"
kind = "price"

[[monitor]]
name = "up"
title = "Above last year"
kind = "rise"
inputs = { x = "mine" }
options = { sessions = 20 }
"""


def test_a_monitor(installed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    days = pd.bdate_range("2020-01-01", periods=40)
    rows = [f"{day:%Y-%m-%d},{100 + number}" for number, day in enumerate(days)]
    (tmp_path / "mine.csv").write_text("\n".join(["date,value", *rows]), "utf-8")
    (tmp_path / "own.toml").write_text(SYSTEM, "utf-8")
    (found,) = read_systems([schema.load("own.toml")], "2020-02-28", folders=[tmp_path], jobs=1)
    assert found.region == "above" and found.readings[0].evidence == "+15.5%"
    (tmp_path / "own.toml").write_text(SYSTEM.replace("sessions =", "session ="), "utf-8")
    with pytest.raises(CommandError, match="did you mean sessions"):
        schema.load("own.toml")
    assert "rise" in kinds() and kinds().index("relation") < kinds().index("rise")


@pytest.mark.parametrize(
    ("name", "why"), [("odd", "must be a Kind"), ("gone", "cannot be loaded"), ("x", "no kind")]
)
def test_a_monitor_that_is_none(installed, name, why):
    with pytest.raises(CommandError, match=why):
        kind_of(name)


@pytest.fixture(scope="module")
def nasdaq():
    return gather(lppl.datasets.load("nasdaq"), "2000-03-10", "shanghai_2015")[1].fits


def test_a_panel(installed, nasdaq):
    *ours, mine, failed, gone = panels(Shown(nasdaq, None, None, None))
    assert len(ours) == 7 and mine.title == "Below the high"
    line = mine.figure.axes[0].get_lines()[0].get_ydata()
    assert line.min() < -0.1 and line[-1] > -0.01 and len(line) == len(closes(nasdaq))
    assert failed.note == "This panel of another package failed: LookupError"
    assert "cannot be loaded" in gone.note


def test_an_indicator(monkeypatch):
    def spread(job):
        windows = np.lib.stride_tricks.sliding_window_view(job.x, job.window)
        return np.concatenate([np.full(job.window - 1, np.nan), np.ptp(windows, axis=1)])

    monkeypatch.setitem(INDICATORS, "spread", Indicator(spread, min_window=8))
    x = np.random.default_rng(0).normal(size=120).cumsum()
    found = earlywarning.rolling_indicators(x, 20, ["ar1", "spread"])
    assert found["spread"].iloc[50] == np.ptp(x[31:51]) and found["spread"].iloc[:19].isna().all()
    with pytest.raises(ValueError, match="spread"):
        earlywarning.rolling_indicators(x, 6, ["spread"])


@dataclass(frozen=True)
class Steep:
    """A filter that asks for what none of ours does: a steep curve at the end."""

    least: float

    def passes(self, windows):
        return windows.success & (np.abs(windows.B) > self.least)


def test_a_filter_with_a_rule_of_its_own(nasdaq):
    windows = nasdaq.windows
    shares = [lppl.confidence(windows, Steep(least)) for least in (0.0, np.median(np.abs(windows.B)), np.inf)]
    totals = [share.positive + share.negative for share in shares]
    assert totals[0] == pytest.approx(1.0) and 0.4 < totals[1] < 0.6 and totals[2] == 0.0


def test_a_filter_of_a_preset_in_the_configuration(tmp_path):
    path = tmp_path / "scanner.toml"
    path.write_text(
        "[preset.mine]\nlengths = [120, 200]\n[preset.mine.filters.damped]\ndamping = 1.0\n", "utf-8"
    )

    settings = load(path, environment={}).settings
    preset = build("mine", settings.preset["mine"])
    windows = lppl.fit_windows(
        lppl.datasets.load("nasdaq")[:"2000-03-10"], lengths=preset.lengths, space=preset.space
    )
    assert np.array_equal(
        preset.filters["damped"].passes(windows), windows.converged & (windows.damping >= 1.0)
    )
