"""Panels are read and refused as their file says; a study, its page and its calibration hold together."""

import json

import msgspec
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import lppl
from scanners.cli import cli
from scanners.config.policy import FIRST_STUDY, Policy
from scanners.core.errors import CommandError
from scanners.past.skill import panel
from scanners.past.skill.intervals import wilson
from scanners.past.skill.peers import sample
from scanners.past.skill.score import Hits
from scanners.past.skill.tables import reading
from scanners.verdict import calibration

PANEL = """
to = "2003-12-31"
[[series]]
name = "nasdaq"
asset_class = "equity_index"
symbols = { csv = "nasdaq" }
[[series]]
name = "oil"
asset_class = "commodity"
symbols = { csv = "wti" }
[spans]
oil = { since = "1999-01-01", to = "2001-12-31" }
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("skill")
    (folder / "data").mkdir()
    for name in ("nasdaq", "wti"):
        prices = lppl.datasets.load(name)[:"2004-06-30"]
        prices.rename("close").rename_axis("date").to_csv(folder / f"{name}.csv")
    (folder / "panel.toml").write_text(PANEL, "utf-8")
    return folder


@pytest.fixture(scope="module")
def members(workspace):
    return panel.members(panel.load(str(workspace / "panel.toml")), workspace, 100, Policy())


def test_members_are_judged_in_their_years_once_a_verdict_is_possible(members):
    nasdaq, oil = members
    assert nasdaq.prices.index[-1] <= pd.Timestamp("2003-12-31")
    assert nasdaq.at[0] >= panel.shortest_history(Policy()) - 1 == 601
    days = oil.prices.index[oil.at]
    assert days[0] >= pd.Timestamp("1999-01-01") and days[-1] <= pd.Timestamp("2001-12-31")
    assert oil.asset_class == "commodity" and 245 < nasdaq.sessions_a_year < 256
    assert nasdaq.years == pytest.approx(len(nasdaq.at) * 100 / nasdaq.sessions_a_year)
    assert (np.diff(nasdaq.at) == 100).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PANEL.replace("spans", "span"), r"panel\.toml: unknown key span: did you mean spans\?"),
        (PANEL.replace("oil = {", "gas = {"), "spans names 'gas', which is no series"),
        (PANEL.replace('"oil"', '"nasdaq"'), "spans names 'oil'"),
        (PANEL.replace("2003-12-31", "2003"), "matching regex"),
        ("[[series", "panel.toml: "),
    ],
)
def test_broken_panels_are_refused(tmp_path, text, message):
    file = tmp_path / "panel.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(CommandError, match=message):
        panel.load(str(file))


def test_what_lies_after_the_last_date_need_not_be_sound(tmp_path, workspace):
    rows = (workspace / "wti.csv").read_text("utf-8") + "2020-04-20,-36.98\n"
    (tmp_path / "wti.csv").write_text(rows, "utf-8")
    entry = panel.load(str(workspace / "panel.toml")).series[1]
    assert panel.read(entry, tmp_path, "2019-12-31").min() > 0
    with pytest.raises(CommandError, match=r"oil: the close of 2020-04-20 is not positive"):
        panel.read(entry, tmp_path, None)


def test_a_series_that_is_too_short_is_left_out(workspace):
    found = panel.load(str(workspace / "panel.toml"))
    short = msgspec.structs.replace(found, to="1995-12-31", spans={})
    with pytest.raises(CommandError, match="no series has the 602 sessions that a verdict needs"):
        panel.members(msgspec.structs.replace(short, series=short.series[:1]), workspace, 5, Policy())


def test_the_sample_of_a_peer_is_drawn_once_and_for_all(members):
    drawn = sample(members, 10)
    assert drawn == sample(members, 20)[:10] and len(set(drawn)) == 10
    places = {member.name: set(member.at.tolist()) for member in members}
    assert all(place in places[name] for name, place in drawn)


@pytest.fixture(scope="module")
def scored(workspace):
    """One run of the command: 30 judged dates, so that it takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(workspace)
        options = ["--panel", "panel.toml", "--data", ".", "--step", "100", "--draws", "19"]
        options += ["--signal", "leaking_signal:causal", "--save", "rates.json", "--output", "skill.html"]
        result = CliRunner().invoke(cli, ["skill", *options])
        again = CliRunner().invoke(cli, ["skill", *options[:6], "--draws", "0", "--json"])
    assert result.exit_code == 0 == again.exit_code, (result.output, result.exception, again.exception)
    return result.output, json.loads(again.output)


@pytest.mark.ci
def test_the_tables_hold_policy_and_rivals(scored, members, workspace):
    text, numbers = scored
    assert "The levels of the policy, upward" in text and "| watch | 1 |" in text
    assert numbers["series"] == ["nasdaq", "oil"] and numbers["step"] == 100
    assert numbers["series_years"] == pytest.approx(sum(member.years for member in members))
    watch = numbers["levels"][0]
    assert watch["signal"] == "watch" and watch["episodes"] >= 1
    rivals = [rival["signal"] for rival in numbers["rivals"]["watch"]]
    assert {"C3", "250-day momentum", "BSADF", "within 1.5% of the 120-day high"} <= set(rivals)
    assert all(
        rival["episodes"] <= watch["episodes"]
        for rival in numbers["rivals"]["watch"]
        if not rival["signal"].startswith("within")
    )
    assert "leaking_signal:causal" in text
    assert set(numbers["splits"]["asset class"]) == {"equity_index", "commodity"}
    assert set(numbers["splits"]["decade"]) == {"1990s", "2000s"}
    assert len(list((workspace / "data" / "history").iterdir())) == 2


@pytest.mark.ci
def test_the_page_is_self_contained(scored, workspace):
    page = (workspace / "skill.html").read_text("utf-8")
    assert page.count("data:image/png;base64,") == 1 and 'src="http' not in page and "<script" not in page
    assert "Skill on panel" in page and "By decade" in page


@pytest.mark.ci
def test_rates_are_saved_and_quoted(scored, workspace):
    saved = calibration.load(workspace / "rates.json")
    assert saved.panel == "panel" and saved.step == 100
    every = next(r for r in saved.rates if (r.level, r.phase, r.asset_class) == ("watch", "fomo", "all"))
    parts = [r for r in saved.rates if (r.level, r.phase) == ("watch", "fomo") and r.asset_class != "all"]
    assert every.episodes == sum(r.episodes for r in parts) and every.hits == sum(r.hits for r in parts)
    assert every.low <= every.hits / every.episodes <= every.high
    assert (every.first, every.last) == (1996, 2003)
    assert {(r.first, r.last) for r in parts} <= {(1996, 2003), (1999, 2001)}
    (workspace / "other.json").write_text("{}", "utf-8")
    with pytest.raises(CommandError, match=r"other\.json: Object missing required field"):
        calibration.load(workspace / "other.json")


def rate(asset_class, episodes, hits):
    return calibration.Rate(
        "critical", "fomo", asset_class, "fall of 10% in 60", episodes, hits, 0.37, 0.71, 0.34, 1971, 2019
    )


def test_a_class_with_too_few_alarms_quotes_all():
    rates = (rate("equity_index", 31, 17), rate("crypto", 2, 2), rate("all", 50, 25))
    found = calibration.Calibration("p", "c", "v", 5, rates)
    assert str(found.rate("critical", "fomo", "equity_index")) == (
        "Of 31 such alerts on equity indices 1971-2019, 17 were followed by a fall of 10% within 60 "
        "sessions: 37% to 71%, against 34% on any day."
    )
    assert found.rate("critical", "fomo", "crypto") == rates[2]
    assert "on all series 1971-2019" in str(rates[2])
    assert found.rate("warning", "fomo", "crypto") is None
    assert msgspec.json.decode(calibration.to_bytes(found), type=calibration.Calibration) == found


def test_a_verdict_quotes_what_followed_such_alerts(tmp_path, monkeypatch):
    from scanners.evidence.gathering import gather
    from scanners.verdict.judgement import judge

    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    rates = (msgspec.structs.replace(rate("all", 31, 17), level="critical"),)
    own = calibration.Calibration("p", Policy().thresholds, "v", 5, rates)
    (tmp_path / "data" / "calibration.json").write_bytes(calibration.to_bytes(own))
    evidence, _ = gather(lppl.datasets.load("nasdaq"), "2000-03-10", "daily", tested=False)
    quoted = judge(evidence, Policy(), rates=calibration.rates_of("equity_index", Policy()))
    plain = judge(evidence, Policy())
    assert (quoted.level, quoted.phase) == ("critical", "fomo")
    assert quoted.context == (str(rates[0]), *plain.context) and quoted.reasons == plain.reasons
    other = calibration.rates_of("equity_index", Policy(critical=0.41))
    assert judge(evidence, Policy(), rates=other) == plain


def test_the_shipped_rates_are_those_of_the_first_study_and_quoted_under_it_alone():
    shipped, first = calibration.load(), Policy(**FIRST_STUDY)
    assert shipped.panel == "development" and shipped.thresholds == first.thresholds != Policy().thresholds
    assert calibration.rates_of("equity_index", first)("watch", "fomo")
    assert not calibration.rates_of("equity_index", Policy())("watch", "fomo")
    assert shipped.step == 1  # as a daily scan looks
    assert {one.level for one in shipped.tops} == {"watch", "warning", "critical"}
    assert Policy(null_paths=0).thresholds == Policy().thresholds != Policy(z250=1.1).thresholds
    assert shipped.rate("watch", "fomo", "equity_index").episodes >= calibration.FEWEST
    assert all(1880 < rate.first < rate.last <= 2019 for rate in shipped.rates)


def test_skill_is_said_only_of_intervals_above_both_base_rates():
    def hits(found, episodes, random, matched, bootstrap=(0.3, 0.9)):
        return Hits(found, episodes, found / episodes, wilson(found, episodes), bootstrap, random, matched)

    assert reading(hits(14, 20, 0.1, 0.2)) == "skill"
    assert reading(hits(14, 20, 0.1, 0.6)) == "no skill shown"  # no more than dates as stretched
    assert reading(hits(14, 20, 0.1, 0.2, (0.15, 0.9))) == "no skill shown"  # one crash, many alarms
    assert reading(hits(1, 20, 0.5, 0.4, (0.0, 0.2))) == "worse than base"
    assert reading(hits(2, 2, 0.1, 0.1, None)) == "too few to tell"
    assert reading(Hits(0, 0, None, (0.0, 1.0), None, None, None)) == "nothing to measure"
