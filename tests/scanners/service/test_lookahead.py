"""The look-ahead check passes what looks back only, and names the first number that does not."""

import time
from dataclasses import replace

import msgspec
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import lppl
from scanners.cli import cli
from scanners.core.errors import CommandError
from scanners.past.evidence_history import evidence_history
from scanners.past.skill import signals
from scanners.prices.interface import FetchError, Provider
from scanners.prices.providers.assemble import assemble
from scanners.service import lookahead


@pytest.fixture(scope="module")
def nasdaq():
    return lppl.datasets.load("nasdaq").iloc[:1600]


@pytest.fixture(scope="module")
def at(nasdaq):
    return lookahead.draw(nasdaq, 2, seed=2)


def test_dates_are_drawn_from_the_past_and_by_seed(nasdaq, at):
    assert at.tolist() == lookahead.draw(nasdaq, 2, seed=2).tolist() != lookahead.draw(nasdaq, 2).tolist()
    assert at.min() >= lookahead.FIRST and at.max() < len(nasdaq) - 1
    assert len(lookahead.draw(nasdaq.iloc[:260], 50)) == 7
    with pytest.raises(ValueError, match="prices must have more than 253 sessions, got 253"):
        lookahead.draw(nasdaq.iloc[:253], 1)


def test_the_scan_sees_no_future(nasdaq, at):
    assert lookahead.check_evidence(nasdaq, at) == []


def test_evidence_that_leaks_is_named(nasdaq, at):
    def leaking(prices, places):
        for place, row in evidence_history(prices, places, tested=places):
            tomorrow = float(prices.iloc[place + 1])
            momentum = replace(row.evidence.momentum, return_250=tomorrow)
            yield place, replace(row, evidence=replace(row.evidence, momentum=momentum))

    found = lookahead.check_evidence(nasdaq, at[-1:], rows=leaking)
    assert [one.what for one in found] == ["evidence.momentum.return_250"]
    assert found[0].date == f"{nasdaq.index[at[-1]]:%Y-%m-%d}"
    assert found[0].seen == repr(float(nasdaq.iloc[at[-1] + 1])) != found[0].unseen


@pytest.mark.parametrize("name", [*signals.BASELINES, signals.HIGH])
def test_the_baselines_see_no_future(nasdaq, at, name):
    signal = {**signals.BASELINES, signals.HIGH: signals.near_high}[name]
    assert lookahead.check_signal(nasdaq, at, name, signal) == []


def run(*arguments):
    return CliRunner().invoke(cli, ["lookahead-check", "wti", "--dates", "2", *arguments])


@pytest.mark.parametrize("name", ["centred", "ranked"])
def test_a_leaking_signal_is_caught(name):
    result = run("--signal", f"leaking_signal:{name}", "--preset", "daily")
    assert result.exit_code == 1 and isinstance(result.exception, CommandError)
    assert f"something sees the future: wti: leaking_signal:{name}: leaking_signal:{name} as of" in str(
        result.exception
    )
    assert "wti: evidence: 2 dates, the same bits" in result.output
    assert f"wti: leaking_signal:{name}: 2 dates, 2 differences" in result.output


def test_a_signal_that_looks_back_passes():
    result = run("--signal", "leaking_signal:causal", "--preset", "daily")
    assert result.exit_code == 0 and result.output.count("the same bits") == 7


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("leaking_signal:nothing", "must be module:function, and importable"),
        ("no_such_module:f", "must be module:function, and importable"),
        ("leaking_signal:number", "must be a function, got int"),
        ("leaking_signal:short", r"short must return one value a session, 1600, got shape \(3,\)"),
    ],
)
def test_a_broken_plug_in_is_refused(nasdaq, place, message):
    with pytest.raises(CommandError, match=message):
        signals.values(signals.plugin(place), nasdaq, np.array([300]))


def provider(kind, prices):
    """A provider that restates, or goes on past the end it was asked for, or fails."""

    def fetch(requests, deadline):
        assert deadline > time.monotonic()
        for request in requests:
            if kind == "fails":
                yield FetchError("not_found", "no such symbol").failure(request, "p")
                continue
            seen = prices if request.end is None or kind == "late" else prices[: str(request.end)]
            closes = seen / seen.iloc[-1] if kind == "restated" else seen
            days = [f"{day:%Y-%m-%d}" for day in closes.index]
            columns = {"close": closes.tolist()}
            asked = msgspec.structs.replace(request, end=None) if kind == "late" else request
            yield assemble(asked, "p", days, columns, package="p 1", payload_hash="")

    return Provider("p", fetch)


def test_a_provider_that_leaks_is_caught():
    prices = pd.Series(np.arange(10.0, 40.0), pd.bdate_range("2000-01-03", periods=30))
    count, found = lookahead.check_provider(provider("sound", prices), "x", 5)
    assert (count, found) == (5, [])
    for kind, what in (("restated", "close of 2000-01-03"), ("late", "close of ")):
        count, found = lookahead.check_provider(provider(kind, prices), "x", 5)
        assert len(found) == count == 5 and found[0].what.startswith(what)
    with pytest.raises(ValueError, match="p has no x: no such symbol"):
        lookahead.check_provider(provider("fails", prices), "x", 5)


def test_the_command_checks_downloads(tmp_path, nasdaq):
    nasdaq.iloc[:60].rename("close").rename_axis("date").to_csv(tmp_path / "mine.csv")
    result = CliRunner().invoke(
        cli, ["lookahead-check", "mine", "--provider", "csv", "--data", str(tmp_path), "--dates", "4"]
    )
    assert result.exit_code == 0 and "mine: 4 dates, the same bits" in result.output
