"""``lppl warn``: the scan's numbers with everything behind them, as tables, JSON and a picture."""

import json

import numpy as np
import pandas as pd
import pytest

from lppl import datasets
from scanners.config.policy import Policy
from scanners.evidence.gathering import gather
from scanners.scan.early_warnings import warn
from scanners.verdict.judgement import judge

TOP = "2000-03-10"


@pytest.fixture(scope="module")
def nasdaq():
    return datasets.load("nasdaq")


@pytest.fixture(scope="module")
def top(nasdaq):
    return warn(nasdaq, as_of=TOP, window=250, policy=Policy())


def test_the_numbers_are_those_of_a_scan(nasdaq, top):
    evidence = gather(nasdaq, TOP, "shanghai_2015")[0]
    assert top.evidence == evidence.bifurcation
    assert top.state == judge(evidence, Policy()).bifurcation
    assert (top.first, top.last, top.name) == ("1997-03-21", TOP, "nasdaq")


def test_nothing_after_the_date_is_seen(nasdaq, top):
    shorter = warn(nasdaq[:TOP], as_of=None, window=250, policy=Policy())
    assert shorter.to_dict() == top.to_dict()


def test_the_last_episode_runs_to_the_top(top):
    last = top.episodes[-1]
    assert (last.ongoing, last.direction, last.end_label) == (True, "up", TOP)


def test_tables_name_every_test(lppl):
    code, out, err = lppl("warn", "nasdaq", "--as-of", TOP, "--window", "80")
    assert (code, err) == (0, "")
    for words in (
        "indicator, window 80",
        "ar1 and restoring rate",
        "spectral exponent",
        "zones of feedback",
        "fold margin",
        "wild bootstrap",
    ):
        assert words in out


def test_an_identified_portrait_shows_its_equilibria_and_their_distance(lppl, tmp_path):
    # A stable point between two unstable ones in the log price, with the noise kept inside.
    x, rng = [0.0], np.random.default_rng(4)
    while len(x) < 751:
        at = x[-1]
        x.append(float(np.clip(at - 0.1 * at * (1 - at * at) + 0.12 * rng.standard_normal(), -1.1, 1.1)))
    days = pd.bdate_range("2000-01-03", periods=len(x))
    path = tmp_path / "well.csv"
    pd.DataFrame({"date": days, "close": 100 * np.exp(x)}).to_csv(path, index=False)
    found = json.loads(lppl("warn", path, "--json")[1])
    portrait = found["portrait"]
    assert portrait["p_values"]["feedback"]["garch"] <= 0.05
    assert portrait["state"] == "convergent"
    out = lppl("warn", path)[1]
    assert "fixed point" in out and "stable" in out


def test_json_and_picture(lppl, tmp_path):
    code, out, _ = lppl(
        "warn", "nasdaq", "--as-of", TOP, "--window", "80", "--json", "--plot", "warn.png", "--csv", "w.csv"
    )
    found = json.loads(out)
    assert code == 0 and found["sessions"] == 240 and found["last"] == TOP
    assert set(found["other_indicators"]["tau"]) == {"skewness", "kurtosis", "spectral_exponent", "arch"}
    assert found["explosive"]["log"] is True and 0 < found["explosive"]["p_value"] <= 1
    sessions = pd.read_csv(tmp_path / "w.csv")
    assert (len(sessions), sessions["date"].iloc[-1]) == (240, TOP)
    assert sessions["bsadf"].iloc[-1] == found["explosive"]["statistic"]
    assert {"residual", "ar1", "variance", "skewness", "bsadf_95", "bsadf_99"} < set(sessions)
    assert (tmp_path / "warn.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nix"], "unknown series 'nix': name one of nasdaq, sp500, wti, gold, or a CSV file"),
        (
            ["nasdaq", "--as-of", "1900-01-01"],
            "nasdaq: no prices up to 1900-01-01: the series starts 1994-01-03",
        ),
        (
            ["nasdaq", "--as-of", "1994-02-01"],
            "nasdaq: window must be at most half of the 22 sessions, got 250",
        ),
        (
            ["nasdaq", "--as-of", TOP, "--window", "80", "--plot", "a.gif"],
            "a picture's name must end in",
        ),
        (["flat.csv"], "flat: too thin to judge: 199 of the last 199 closes repeat"),
        (["flat.csv", "--window", "80"], "flat: too thin to judge"),
    ],
)
def test_one_line_says_what_is_wrong(lppl, tmp_path, arguments, message):
    flat = pd.DataFrame({"date": pd.bdate_range("2000-01-03", periods=200), "close": 7.0})
    flat.to_csv(tmp_path / "flat.csv", index=False)
    code, out, err = lppl("warn", *arguments)
    assert (code, out) == (1, "")
    assert err.startswith("lppl: ") and message in err and err.count("\n") == 1


def test_closes_must_be_positive(nasdaq):
    with pytest.raises(ValueError, match="closes must be positive to take logs, got -100"):
        warn(nasdaq - nasdaq[:TOP].min() - 100, as_of=TOP, window=250, policy=Policy())
