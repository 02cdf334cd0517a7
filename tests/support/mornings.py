"""Mornings as they come: pages of judged rows, without a fit. Each is a plan, its rows and the run before.

The three dates of the demo are its real rows (``tests/golden/demo_rows.json``); trails and small lines are
drawn with a seed. As a script it writes all pages to a folder, to be looked at.
"""

import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from demo_rows import GOLDEN
from scan_rows import QUIET, asked, failed, falls, row

from scanners.config.policy import Policy
from scanners.evidence.moves import Moves
from scanners.report.page import render
from scanners.scan.plan import Plan
from scanners.scan.regime import Card, Regime
from scanners.verdict.appraisal import Refusal
from scanners.verdict.judgement import judge
from scanners.verdict.row import RefusedRow, Row, row_of
from scanners.verdict.trail import trail

DAY = datetime(2026, 1, 29, 6, tzinfo=timezone.utc)
POLICY = Policy()
FAR = replace(QUIET, z250=1.8, return_250=2.55, return_500=2.9)


class Morning(NamedTuple):
    plan: Plan
    rows: list[Row]


def closes(seed=1, rise=0.0, day=DAY, count=760):
    """Return closes up to a day that rise by so much in logs over the last year."""
    steps = np.random.default_rng(seed).normal(scale=0.011, size=count)
    steps[-250:] += (rise - steps[-250:].sum()) / 250
    return pd.Series(100 * np.exp(np.cumsum(steps)), pd.bdate_range(end=day.date(), periods=count))


def judged(
    name, title=None, shares=0.0, rise=0.05, seed=1, day=DAY, asset_class="commodity", momentum=None, **given
):
    """Return a row whose C was ``shares`` at the last sessions, with its trail and its line."""
    shares = np.atleast_1d(np.asarray(shares, dtype=float))
    path = np.zeros(262)
    path[-len(shares) :] = shares
    prices = closes(seed, rise, day)
    made = row(
        name,
        up=float(path[-3:].mean()),
        moment=day,
        title=title,
        momentum=momentum or QUIET,
        falls=given.pop("falls", falls(0.07, 0.08)),
        **given,
    )
    close = float(prices.iloc[-1])
    moved = Moves(*(float(close / prices.iloc[-1 - back] - 1) for back in (1, 5, 20)))
    stretch = momentum or replace(QUIET, return_250=float(np.expm1(rise)))
    evidence = replace(
        made.evidence, data=replace(made.evidence.data, close=close, moves=moved), momentum=stretch
    )
    looked = pd.DataFrame({"up": path, "down": 0.0}, prices.index[-262:])
    plain = replace(POLICY, run_up=0.0, stretched=0.0)
    level = judge(evidence, POLICY).level
    past = trail(prices, looked, level, plain)
    return replace(
        made,
        asset_class=asset_class,
        verdict=judge(evidence, POLICY, trail=past),
        evidence=evidence,
        trail=past,
        spark=tuple(prices.iloc[-250:]),
    )


def demo(as_of):
    """Return the demo of a date with its real numbers; the trails are drawn."""
    day = datetime.fromisoformat(as_of).replace(hour=6, tzinfo=timezone.utc)
    rows = []
    for k, document in enumerate(json.loads(GOLDEN.read_text("utf-8"))[as_of]):
        made = row_of({**document, "reasons": tuple(document["reasons"])})
        if made.verdict.level:
            C3 = made.bubble.consensus_3day
            ramp = C3 * np.linspace(0, 1, 60) ** 2
            past = judged(made.name, shares=ramp, rise=np.log1p(made.momentum.return_250), seed=k, day=day)
            known = trail(
                closes(k, np.log1p(made.momentum.return_250), day),
                _looks(ramp, day, k, made),
                made.verdict.level,
                POLICY,
            )
            verdict = judge(made.evidence, POLICY.for_class(made.asset_class), trail=known)
            made = replace(made, verdict=verdict, trail=known, spark=past.spark)
        rows.append(made)
    return Morning(asked(day, watchlist="demo"), rows)


def _looks(ramp, day, seed, made):
    path = np.zeros(262)
    path[-len(ramp) :] = ramp
    path[-3:] = made.bubble.consensus_3day
    return pd.DataFrame({"up": path, "down": 0.0}, closes(seed, 0.0, day).index[-262:])


def quiet():
    """Return a day on which nothing is raised."""
    titles = ("S&P 500", "Gold", "Crude oil, WTI", "US 10-year yield", "Euro in dollars")
    rows = [judged(f"s{k}", title, rise=0.02 * k, seed=k) for k, title in enumerate(titles)]
    return Morning(asked(DAY, watchlist="watchlist"), rows)


def faded():
    """Return the day before silver fell: calm by the rules, at +255% in a year, critical weeks before."""
    shape = np.concatenate([np.full(14, 0.45), np.linspace(0.3, 0.02, 10)])
    silver = judged("silver", "Silver", shares=shape, rise=1.27, seed=7, momentum=FAR)
    gold = judged("gold", "Gold", shares=np.linspace(0, 0.5, 40), rise=0.55, seed=8, falls=falls(0.22, 0.09))
    return Morning(asked(DAY, watchlist="metals"), [gold, silver, judged("copper", "Copper", seed=9)])


def all_stale():
    """Return a day on which no series has a fresh bar."""
    rows = []
    for k in range(4):
        made = judged(f"s{k}", f"Series {k}", seed=k)
        why = Refusal("stale", "last bar 2026-01-02, 19 weekdays before 2026-01-29 (limit 5)")
        rows.append(RefusedRow(made.name, made.title, made.asset_class, why, made.evidence, made.spark))
    return Morning(asked(DAY, watchlist="watchlist"), rows)


def one_failed():
    """Return a day on which the source of one series did not answer, and one is too young."""
    young = judged("tl", "30年国债期货 TL", seed=3, asset_class="bond_future")
    why = Refusal("insufficient_data", "600 sessions up to 2026-01-29 allow 13 of 26 windows, 20 are needed")
    rows = [
        judged("kospi", "KOSPI", rise=0.6, seed=2, momentum=replace(QUIET, z250=2.3, return_250=0.8)),
        RefusedRow("tl", young.title, "bond_future", why, young.evidence, young.spark),
        failed("nikkei"),
    ]
    return Morning(asked(DAY, watchlist="asia"), rows)


def sixty_alarms():
    """Return a morning on which a market as a whole is hot."""
    rng = np.random.default_rng(0)
    rows = [
        judged(
            f"a{k}",
            f"Share {k}",
            shares=np.linspace(0, rng.uniform(0.2, 0.6), int(rng.integers(10, 90))),
            rise=rng.uniform(0.1, 0.9),
            seed=k,
            asset_class="equity",
            falls=falls(rng.uniform(0.1, 0.4), 0.12),
        )
        for k in range(60)
    ]
    return Morning(
        asked(DAY, watchlist="shares"), rows + [judged(f"c{k}", f"Calm {k}", seed=k) for k in range(20)]
    )


def thousands(count=5000):
    """Return a long list: the past of the raised alone was looked at."""
    kinds = [
        judged("k", shares=np.linspace(0, 0.4, 30), rise=0.5, seed=1),
        judged("k", seed=2),
        judged("k", seed=3),
    ]
    rows = []
    for k in range(count):
        made = kinds[0] if k % 100 == 0 else kinds[1 + k % 2]
        rows.append(
            replace(made, name=f"s{k}", title=f"Series {k}", trail=made.trail if k % 100 == 0 else None)
        )
    return Morning(asked(DAY, watchlist="world"), rows)


def hostile():
    """Return names and words that would break a page which does not escape them."""
    names = ("<script>alert(1)</script>", '"; onload=x', "=1+1", "上证综合指数" * 6, "x" * 90)
    rows = [judged(f"h{k}", title, shares=0.05 * k, seed=k) for k, title in enumerate(names)]
    falling = judged("down", "A capitulation", seed=5, down=0.45)
    plan = replace(
        asked(DAY, watchlist="<b>list</b>"),
        regime=Regime(
            (
                Card(
                    "japan",
                    "Japan's debt",
                    "divergent",
                    "positive feedback",
                    "2021-03",
                    "watch",
                    "2025-12-31",
                    (
                        ("Region", "divergent, by debt against interest"),
                        ("Since", "2021-03"),
                        ("How sure", "p = 0.03 for a feedback; 0.021 [0.004, 0.039] a year"),
                        ("Distance", "a fold lies 4 points of debt ahead"),
                        ("This would change it", "a surplus of 2% in the figures of March"),
                    ),
                ),
            )
        ),
    )
    return Morning(plan, [*rows, falling])


def risk_alone():
    """Return a wild market without a bubble: the risk is high where no shape is."""
    rows = [
        judged("oil", "Crude oil", rise=-0.4, seed=4, falls=falls(0.55, 0.26)),
        judged("btc", "Bitcoin", rise=-0.2, seed=5, asset_class="crypto", falls=falls(0.4, 0.24)),
        judged("spx", "S&P 500", rise=-0.1, seed=6, asset_class="equity_index"),
    ]
    return Morning(asked(DAY + timedelta(days=1), watchlist="core"), rows)


MORNINGS = {
    "nasdaq_2000": lambda: demo("2000-03-10"),
    "oil_2008": lambda: demo("2008-07-03"),
    "gold_2011": lambda: demo("2011-08-22"),
    "quiet": quiet,
    "faded": faded,
    "all_stale": all_stale,
    "one_failed": one_failed,
    "sixty_alarms": sixty_alarms,
    "hostile": hostile,
    "risk_alone": risk_alone,
    "thousands": thousands,
}


if __name__ == "__main__":
    for name, made in MORNINGS.items():
        folder = Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_text(render(*made()), "utf-8")
