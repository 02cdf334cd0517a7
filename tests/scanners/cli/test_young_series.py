"""A series of too little history says when a verdict will be possible, and what its proxy says."""

import csv
import email
import json
from email import policy as rules

import pytest
from own_settings import DESK

from lppl import datasets
from scanners.config import watchlist
from scanners.config.policy import Policy
from scanners.core.errors import CommandError
from scanners.core.workers import Workers
from scanners.evidence.gathering import describe
from scanners.scan.plan import plan_of
from scanners.scan.scanning import Task, drafts
from scanners.verdict.appraisal import possible_from
from scanners.verdict.draft import draft_of
from scanners.verdict.row import row_of

TOP = "2000-03-10"
ENTRY = '[[series]]\nname = "{0}"\ntitle = "{1}"\nasset_class = "bond_future"\nsymbols = {{ csv = "{0}" }}\n'
YOUNG = ENTRY.format("tl", "Young future") + 'proxy = "long"\n'
LONG = ENTRY.format("long", "Long index")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    prices = datasets.load("nasdaq")["1997-09-01":TOP].rename("close")
    (tmp_path / "data").mkdir()
    prices.to_csv(tmp_path / "data" / "long.csv")
    prices.iloc[-430:].to_csv(tmp_path / "data" / "tl.csv")
    (tmp_path / "watchlist.toml").write_text(YOUNG + LONG)
    (tmp_path / "scanner.toml").write_text(DESK.format(port=1))
    monkeypatch.setattr("scanners.service.daily.is_current", lambda *_: True)
    return tmp_path


def test_the_proxy_stands_beside_and_is_never_the_verdict(lppl, workspace):
    code, out, err = lppl("scan", "--as-of", TOP, "--dry-run", "look", "--json", "--jobs", 1)
    assert code == 0, err
    young, long = json.loads(out)["series"]
    assert (young["status"], young["level"], young["risk"]) == ("insufficient_data", None, None)
    assert "allow 13 of 26 windows" in young["reasons"][0]
    assert young["reasons"][0].endswith("a verdict is possible from about 2000-11")
    proxy = young["proxy"]
    assert (proxy["name"], proxy["level"], proxy["last"]) == ("long", "critical", TOP)
    assert proxy["C3"] == long["evidence"]["bubble"]["consensus_3day"] and "proxy" not in long
    assert row_of(young).to_dict()["proxy"] == proxy

    said = f"Proxy Long index (long): critical, C3 {proxy['C3']:.2f}, risk {proxy['risk']}, last bar {TOP}."
    page = (workspace / "look" / TOP / "index.html").read_text("utf-8")
    assert said in page[page.index("<h2>Without a verdict</h2>") :]
    with (workspace / "look" / TOP / "scan.csv").open(encoding="utf-8") as text:
        rows = {row["series"]: row for row in csv.DictReader(text)}
    assert (rows["tl"]["level"], rows["tl"]["proxy"], rows["tl"]["proxy_level"]) == ("", "long", "critical")
    (letter,) = (workspace / "look").glob("*.eml")
    message = email.message_from_bytes(letter.read_bytes(), policy=rules.default)
    text = " ".join(message.get_body(("plain",)).get_content().split())
    assert f"Young future (tl) has no verdict of its own. {said} A verdict on the proxy, not on" in text
    assert "critical: Long index" in message["Subject"] and "Young" not in message["Subject"]
    assert text.count("Young future") == 1  # a line, no episode


def test_a_draft_knows_its_proxy_and_a_task_with_another_is_another():
    prices = datasets.load("nasdaq").iloc[:30]
    task = Task("tl", "T", "equity", prices.index.to_numpy().astype("datetime64[D]"), prices.to_numpy())
    named = Task(**{**vars(task), "proxy": "long"})
    assert task.digest != named.digest
    plan = plan_of("x", TOP, "daily")
    (found,) = (draft for part in drafts([named], plan, Workers(1), 1) for draft in part)
    assert found.proxy == "long" and draft_of(json.loads(json.dumps(found.to_dict()))) == found


@pytest.mark.parametrize("named", ["nobody", "tl"])
def test_a_proxy_is_another_series_of_the_list(tmp_path, named):
    (tmp_path / "x.toml").write_text(YOUNG.replace('"long"', f'"{named}"') + LONG)
    with pytest.raises(CommandError, match=f"must be another series of the list, got '{named}'"):
        watchlist.load(tmp_path / "x.toml")


@pytest.mark.parametrize("sessions", [100, 430, 601])
def test_the_date_follows_the_rhythm_of_the_series(sessions):
    prices = datasets.load("nasdaq").iloc[:700]
    least = Policy().minimum_windows
    day = possible_from(describe(prices.iloc[:sessions], TOP), least)
    truth = prices.index[601].date()  # twenty windows on each of three sessions: 602 closes
    assert abs((day - truth).days) <= 10 and day > prices.index[sessions - 1].date()
    assert possible_from(describe(prices.iloc[:602], TOP), least) is None
    assert possible_from(describe(prices.iloc[:1], TOP), least) is None
