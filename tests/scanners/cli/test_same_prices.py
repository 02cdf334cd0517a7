"""Every command that takes a series finds the same closes, and none answers with closes of years before."""

import numpy as np
import pandas as pd
import pytest

from lppl import datasets
from scanners.core.errors import CommandError
from scanners.past import replay_run
from scanners.prices import by_name
from scanners.store import Provenance, Store

DAY = "2026-01-29"
COMMANDS = {
    "fit": ("--as-of",),
    "warn": ("--as-of",),
    "confidence": ("--as-of",),
    "risk": ("--as-of",),
    "replay": ("--to",),
    "lookahead-check": (),
}
DATED = [name for name, option in COMMANDS.items() if option]
each_command = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture
def found(monkeypatch):
    """What the one function returned; the command ends there."""
    seen = []

    def spied(*asked, **how):
        seen.append(read(*asked, **how))
        raise CommandError("seen")

    read = by_name.single
    monkeypatch.setattr(by_name, "single", spied)
    monkeypatch.setattr(replay_run, "single", spied)
    return seen


def closes_until(last, level):
    days = pd.bdate_range(end=last, periods=800)
    wave = 1 + 0.05 * np.sin(np.arange(800) / 20) + 0.004 * np.cos(np.arange(800))
    return pd.Series(level * wave, days.as_unit("ns"), name="close").rename_axis("date")


def in_a_file(folder):
    (folder / "data").mkdir(exist_ok=True)
    closes_until("2026-01-27", 4000.0).to_csv(folder / "data" / "gold.csv")


def in_the_store(folder):
    prices = closes_until("2026-01-28", 5000.0)
    source = Provenance("yahoo", symbol="GC=F", time_zone="America/New_York")
    with Store.open(folder / "data" / "lppl.db", write=True) as store:
        store.bars.write("gold", prices.index.to_numpy(), prices.to_numpy(), provenance=source)


@each_command
def test_store_then_files_of_the_workspace_then_the_package(lppl, tmp_path, found, command):
    dated = (*COMMANDS[command], *((DAY,) * len(COMMANDS[command])))
    assert "seen" in lppl(command, "gold")[2]
    assert found[-1].equals(datasets.load("gold"))
    in_a_file(tmp_path)
    assert "seen" in lppl(command, "gold", *dated)[2]
    assert (f"{found[-1].index[-1]:%Y-%m-%d}", found[-1].name) == ("2026-01-27", "gold")
    in_the_store(tmp_path)
    assert "seen" in lppl(command, "gold", *dated)[2]
    assert f"{found[-1].index[-1]:%Y-%m-%d}" == "2026-01-28"


@pytest.mark.parametrize("command", DATED)
def test_closes_that_end_years_before_the_date_are_refused(lppl, command):
    code, out, err = lppl(command, "gold", *COMMANDS[command], DAY)
    assert (code, out) == (4, "")
    assert err.startswith("lppl: gold: the last bar is 2020-03-13, ") and f"before {DAY} (limit 5)" in err


def test_the_limit_is_the_scans_own_and_knows_holidays_and_longer_bars(lppl, tmp_path, found):
    in_a_file(tmp_path)
    assert "seen" in lppl("warn", "gold", "--as-of", "2026-02-03")[2]  # five weekdays after the last bar
    assert lppl("warn", "gold", "--as-of", "2026-02-04")[0] == 4
    (tmp_path / "scanner.toml").write_text("[policy]\nstale_after = 6\n")
    assert "seen" in lppl("warn", "gold", "--as-of", "2026-02-04")[2]
    monthly = pd.Series(np.linspace(1, 2, 300), pd.date_range(end="2025-12-31", periods=300, freq="ME"))
    monthly.rename("close").rename_axis("date").to_csv(tmp_path / "monthly.csv")
    assert "seen" in lppl("warn", "monthly.csv", "--as-of", "2026-02-04")[2]
