"""Systems in the daily run: cards on its page, episodes of their states, a line behind FOMO verdicts."""

import json
from dataclasses import replace
from datetime import datetime, timezone

import msgspec
import numpy as np
import pandas as pd
import pytest
from mail_server import Postbox
from mail_server import serve as serve_mail
from scan_rows import asked, draft, failed, row
from service_world import World, at, quick
from synthetic_systems import make, write

from scanners.alerts.decisions import decide
from scanners.config.policy import Policy
from scanners.config.settings import Alerts, Settings, Systems
from scanners.core.errors import CommandError
from scanners.core.log import Log
from scanners.core.workers import Workers
from scanners.evidence.momentum import Momentum
from scanners.report.page import render
from scanners.scan.plan import plan_of
from scanners.scan.regime import Card, Regime
from scanners.service.collection import Collection
from scanners.service.daily import serve
from scanners.service.manifest import manifest, plan_from
from scanners.service.record import render_again
from scanners.store import Store
from scanners.systems.cards import liquidity_line, regime
from scanners.systems.observations import MODEL, episode_observations
from scanners.systems.reading import UNKNOWN, Reading, judged
from scanners.systems.schema import Monitor
from scanners.verdict.whole_list import conclude

AS_OF = "2016-06-15"
CARD = Card(
    name="coupling",
    title="The coupling of the three",
    region="acute",
    state="acute",
    since="2016-06-01",
    level="warning",
    session="2016-06-15",
    answer=(("Region", "acute since 2016-06-01"), ("How sure", "mean rank 0.9"), ("Claims", "of 3, 1 agree")),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make(tmp_path_factory.mktemp("series"))


def step(card, day, last=None):
    (reading,) = episode_observations([card])
    known = {} if last is None else {last.fingerprint: last}
    settings = Settings(alerts=Alerts(clear_runs=1))
    plan = asked(datetime.fromisoformat(f"{day}T06:00+00:00"))
    return next(iter(decide([], plan, settings, last=known, more=[reading]).steps), None)


def test_cards_and_context_come_from_the_series(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = regime(Systems(names=("coupling",)), AS_OF, folders=[folder])
    (card,) = found.cards
    told = dict(card.answer)
    assert told["Region"].startswith(card.state)
    assert told["Since"] == card.since
    (line,) = found.context
    assert line.startswith("FOMO, while liquidity is")
    assert f"({card.state} since {card.since}" in line
    alone = regime(Systems(), AS_OF, folders=[folder])
    assert alone == Regime(context=found.context)
    assert regime(Systems(liquidity=False), AS_OF, folders=[folder]) == Regime()
    assert regime(Systems(), "2020-02-01", folders=[folder]) == Regime()  # the last figures are a month old


def test_without_series_there_is_no_context_and_a_card_says_why(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert regime(Systems(), AS_OF) == Regime()
    (card,) = regime(Systems(names=("dollar",)), AS_OF).cards
    assert card.level == "calm"
    assert "dxy" in dict(card.answer)["Region"]
    assert episode_observations([card]) == []


def test_a_system_that_does_not_exist_stops_the_scan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match="did you mean japan"):
        regime(Systems(names=("japn",)), AS_OF)


def test_context_stands_behind_a_fomo_verdict_and_moves_nothing():
    stretched = Momentum(True, False, z250=2.0, acceleration=2.0, return_250=0.5, volatility=0.2)
    raised = row("up")
    raised = replace(raised, evidence=replace(raised.evidence, momentum=stretched))
    drafts = [draft(raised), draft(row("still"))]
    line = liquidity_line(Reading(state="chronic tightening", since="2016-01-04", estimate="mean rank 0.71"))
    assert "while liquidity is tightening (chronic tightening since 2016-01-04" in line
    with_it = conclude(drafts, Policy(), dict.fromkeys(("up", "still"), (line,)))
    without = conclude(drafts, Policy())
    assert with_it[0].verdict.context[-1] == line
    assert line not in with_it[1].verdict.context
    for one, other in zip(with_it, without, strict=True):
        assert one.verdict.level == other.verdict.level
        assert one.verdict.reasons == other.verdict.reasons


def test_a_state_opens_an_episode_changes_it_and_ends_it():
    opened = step(CARD, "2016-06-15")
    assert (opened.state, opened.event) == ("firing", "opened")
    assert (opened.body.model, opened.body.state) == (MODEL, "acute")
    crisis = replace_card(CARD, state="crisis", session="2016-06-16")
    changed = step(crisis, "2016-06-16", opened)
    assert changed.body.state == "crisis"
    assert changed.body.notify
    calm = replace_card(CARD, state="calm", level="calm", session="2016-06-17")
    assert step(calm, "2016-06-17", changed).state == "resolved"
    assert step(replace_card(CARD, level="calm"), "2016-06-15") is None


def replace_card(card, **changes):
    import msgspec

    return msgspec.structs.replace(card, **changes)


def test_the_page_and_the_manifest_keep_the_cards(tmp_path):
    regime = Regime((CARD,), ("What liquidity is like.",))
    scan = replace(plan_of("list", AS_OF, "shanghai_2015"), regime=regime)
    page = render(scan, [failed("one")])
    assert '<h2 id="systems">' in page
    assert "acute since 2016-06-01" in page
    assert "What liquidity is like." not in page  # no FOMO verdict, no context
    assert '<h2 id="systems">' not in render(replace(scan, regime=Regime()), [failed("one")])
    started = datetime(2016, 6, 15, tzinfo=timezone.utc)
    told = manifest(scan, Collection([], {}), [], tmp_path, started=started, workers=Workers(1), pages="none")
    again = plan_from(json.loads(json.dumps(told)))
    assert again.regime == scan.regime
    del told["systems"]
    assert plan_from(told).regime == Regime()


def test_a_scan_of_a_workspace_reads_them(folder, tmp_path, lppl):
    (tmp_path / "scanner.toml").write_text('[systems]\nnames = ["dollar"]\n', "utf-8")
    prices = tmp_path / "mine"
    prices.mkdir()
    (prices / "dxy.csv").write_bytes((folder / "dxy.csv").read_bytes())
    code, _, err = lppl("scan", "--data", "mine", "--as-of", AS_OF, "--jobs", "1", "--pages", "none")
    assert code == 0, err
    assert "Dollar steps" in (tmp_path / "outputs" / AS_OF / "index.html").read_text("utf-8")


MINE = """
title = "My steps"
about = "A step."
lead = "step"

[[source]]
name = "steps"
title = "Steps"
kind = "price"
frequency = "monthly"
symbols = { csv = "steps" }

[[monitor]]
name = "step"
title = "Place in the channel"
kind = "channel"
inputs = { x = "steps" }
options = { draws = 19 }
claim = "It leaves its channel upward."
claimed = ["above"]
alert = { above = "warning" }
"""


def test_a_state_is_mailed_recorded_and_shown_again(tmp_path, monkeypatch):
    """Through the daily run: a file, its series in data/, the mail, the page, the page made anew."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "systems").mkdir()
    (tmp_path / "systems" / "mine.toml").write_text(MINE, "utf-8")
    (tmp_path / "data").mkdir()
    months = pd.date_range("2014-01-31", "2023-12-31", freq="ME")
    wave = 100 * np.exp(0.02 * np.sin(np.arange(len(months))))
    wave[-2:] *= 1.3
    write(tmp_path / "data", "steps", pd.Series(wave, months))
    postbox = Postbox()
    with quick(), serve_mail(postbox) as port:
        world = World(tmp_path, port=port, systems=Systems(names=("mine",)))
        world.put("2024-01-02")
        clock = at("2024-01-02")
        done = serve(world.daily(), now=lambda: clock, tell=world.told.append, log=Log("none", None))
    assert done.code == 0, world.told
    assert len(postbox.received) == 1
    assert b"My steps" in postbox.received[0][1]
    page = done.folder / "index.html"
    shown = page.read_text("utf-8")
    assert "My steps" in shown
    with Store.open(world.database) as store:
        (episode,) = store.runs.open_episodes()
        assert (episode.body.model, episode.body.state) == (MODEL, "above")
        run = store.runs.latest("core")
        page.unlink()
        render_again(store, run, world.output)
    assert "My steps" in page.read_text("utf-8")


def test_what_found_nothing_out_of_the_ordinary_counts_neither_way():
    monitor = Monitor(
        name="one", title="One", kind="gap", inputs={"y": "gold"}, claim="It is dear.", claimed=("above",)
    )
    said = {
        state: judged(Reading(state=state), monitor, "mine", False).thesis
        for state in ("above", "on the line", "below", UNKNOWN)
    }
    assert said == {"above": "agrees", "on the line": "neither", "below": "contradicts", UNKNOWN: UNKNOWN}
    open_to = msgspec.structs.replace(monitor, kind="drift", claimed=("rising",), neither=("fading out",))
    assert judged(Reading(state="fading out"), open_to, "mine", False).thesis == "neither"
    assert judged(Reading(state="falling"), open_to, "mine", False).thesis == "contradicts"
