"""Make docs/skill_tops.md and the rates that verdicts quote from the development panel.

    python scripts/skill.py --data ../shared/prices [--jobs 2] [--step 1] [--peer 165]

The passes are kept in data/history (or --history) and go on where they were stopped: from nothing, every
session of the panel takes some twenty minutes on two cores. Each date of the peer takes three seconds more.
"""

import os
import platform
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import development
import numpy as np
import risk_results

from scanners.config.policy import FIRST_STUDY, Policy
from scanners.core.run_files import write_file
from scanners.past.skill import study
from scanners.past.skill.alarms import threshold_for
from scanners.past.skill.calibrate import calibrate
from scanners.past.skill.judged import judge_panel
from scanners.past.skill.panel import load, members
from scanners.past.skill.peers import sampled_confidence
from scanners.past.skill.peers_table import peer_table
from scanners.past.skill.score import score
from scanners.past.skill.tables import HOW_TO_READ, SHOWN, critical_time, mean, readings, scores, tables
from scanners.past.skill.tables import reading as skill_of
from scanners.verdict.calibration import to_bytes

ROOT = Path(__file__).resolve().parents[1]
PAGE, RATES = ROOT / "docs" / "skill_tops.md", ROOT / "scanners" / "verdict" / "calibration.json"
RATES_A_YEAR = (0.03, 0.06, 0.10, 0.20)  # alarms at which thresholds are chosen on one half


def halves(panel):
    """Return every other series of the panel, and the others."""
    return panel[::2], panel[1::2]


def chosen_on_one_half(panel):
    """Choose the threshold on C3 for an alarm rate on each half of the series, and score it on the other."""
    found = []
    first, second = halves(panel)
    for name, tuned, told in (
        ("first, told on second", first, second),
        ("second, told on first", second, first),
    ):
        values, at = [one.consensus() for one in tuned], [one.member.at for one in tuned]
        years = sum(one.member.years for one in tuned)
        for rate in RATES_A_YEAR:
            threshold = threshold_for(values, at, round(rate * years))
            label = f"C3, {rate:g} a year on the {name}"
            found.append(score(label, told, [one.consensus() for one in told], threshold))
    return found


def sampled_places(member, sampled):
    """Return the positions of one series in a sample, in order."""
    return np.array(sorted(place for name, place in sampled if name == member.name), dtype=np.int64)


def main():
    parser = development.parser(__doc__)
    parser.add_argument("--history", type=Path, default=ROOT / "data" / "history")
    parser.add_argument("--step", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--draws", type=int, default=999)
    parser.add_argument("--peer", type=int, default=0, help="random dates given to lppls (it is slow)")
    options = parser.parse_args()
    started, policy = time.perf_counter(), Policy(**FIRST_STUDY)
    found = load(options.panel)
    chosen = members(found, options.data, options.step, policy)

    def tell(name, done, total):
        if sys.stderr.isatty():
            print(f"\r{name}: {done} of {total} dates", end="", file=sys.stderr)

    panel = judge_panel(
        chosen,
        policy,
        folder=options.history,
        jobs=options.jobs,
        progress=tell,
        tell=lambda note: print(note, file=sys.stderr),
    )
    result = study.run(panel, found.name, policy, draws=options.draws)
    seconds = time.perf_counter() - started
    parts = [f"## {table.title}\n\n{table.markdown()}\n" for table in tables(result)]
    tuned = chosen_on_one_half(panel)
    parts.insert(
        2,
        "## The tuning protocol: chosen on one half, told on the other\n\n"
        f"{PROTOCOL}\n\n{scores(tuned, '', 'threshold chosen for').markdown()}\n\n"
        f"{readings(tuned, '', 'threshold chosen for', SHOWN).markdown()}\n",
    )
    if options.peer:
        drawn_from = members(found, options.data, 5, policy)
        sampled = sampled_confidence(
            drawn_from,
            options.peer,
            options.history / "lppls.json",
            lambda done, all_: tell("lppls", done, all_),
        )
        dates = [replace(one, at=places) for one in drawn_from if len(places := sampled_places(one, sampled))]
        table = peer_table(judge_panel(dates, policy, folder=options.history, jobs=options.jobs), sampled)
        parts.append(f"## {table.title}\n\n{PEER}\n\n{table.markdown()}\n")
    page = PREFACE.format(
        beware=beware(risk_results.read("tops")),
        series=len(result.series),
        years=result.series_years,
        first=result.first,
        last=result.last,
        every="every session" if options.step == 1 else f"every {options.step} sessions",
        dates=sum(len(one.member.at) for one in panel),
        machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"numpy {np.__version__}",
        minutes=seconds / 60,
        step=options.step,
        how=HOW_TO_READ,
        time=critical_time(result),
        reading=reading(result),
        policy=SUPPORT.format(
            study=STUDY,
            claims=said(result, study.MAJOR),
            falls=said(result, "fall of 10% in 60"),
            better=better(result),
            states=told_states(result),
            halves=told_halves(tuned),
            looks="" if options.step == 1 else LOOKS.format(step=options.step),
        ),
    )
    write_file(PAGE, (page + "\n".join(parts)).encode())
    rates = calibrate(panel, found.name, policy.thresholds, version("lppl-scanner"), options.draws)
    write_file(RATES, to_bytes(rates))
    print(f"{PAGE}\n{RATES}\n{seconds / 60:.1f} minutes with the passes that were kept")


def beware(tops):
    """Return in sentences what the table of major tops shows where nothing can be foreseen."""
    real, null = tops["real"]["major top in 60"], tops["summary"]["major top in 60"]
    return BEWARE.format(
        panels=null["panels"],
        step=tops["step"],
        share=null["share"],
        like=null["as_stretched"],
        called=null["called_skill"],
        real=real["share"],
        real_like=real["as_stretched"],
    )


def said(result, target):
    """Return in words at which levels there is skill for a target."""
    return ", ".join(f"{one.signal} {skill_of(one.targets[target])}" for one in result.levels)


def told_states(result):
    """Return in a sentence what followed the days of each band of C3."""
    return " ".join(
        f"C3 {one.low:g}{f' to {one.high:g}' if np.isfinite(one.high) else ' and more'}: "
        f"{mean(one.growth, '+.1%')} in the next 60 sessions, a fall of 10% after {mean(one.falls, '.0%')}."
        for one in result.states
        if one.low and one.days
    )


def told_halves(tuned):
    """Return in a sentence on how many halves a threshold chosen on the other shows skill."""
    held = dict.fromkeys(RATES_A_YEAR, 0)
    for one, rate in zip(tuned, 2 * RATES_A_YEAR, strict=True):
        held[rate] += skill_of(one.targets[study.MAJOR]) == "skill"
    told = ", ".join(f"{rate:g} a year on {count}" for rate, count in held.items())
    return f"Chosen on one half of the series and told on the other, they hold at {told} of 2 halves."


def better(result):
    """Return in a sentence which thresholds of the sensitivity table show skill at major tops."""
    found = [one for one in result.sensitivity if skill_of(one.targets[study.MAJOR]) == "skill"]
    if not found:
        return "No threshold on C3 in the table of thresholds shows skill at major tops."
    told = "; ".join(
        f"C3 at least {one.threshold:g}: {hits.share:.0%} of {hits.episodes} against {hits.matched:.0%}"
        for one in found
        for hits in [one.targets[study.MAJOR]]
    )
    return f"Lower thresholds do show skill at major tops, as onsets ({told})."


def reading(result):
    """Return in sentences what the tables show, from their own numbers."""
    lines = []
    for one in result.levels:
        hits = one.targets[study.MAJOR]
        if hits.share is None:
            lines.append(f"* **{one.signal}** was never raised in {one.series_years:.0f} series-years.")
            continue
        lines.append(
            f"* **{one.signal}**: {one.episodes} alarms, {one.per_year:.2f} a series-year; {hits.share:.0%} "
            f"[{hits.wilson[0]:.0%}, {hits.wilson[1]:.0%}] had a major top within 60 sessions, against "
            f"{hits.random:.0%} on any date and {hits.matched:.0%} on dates as stretched; "
            f"{one.recall[60]:.0%} of {one.turns} major tops had one in the 60 sessions up to them."
        )
    return "\n".join(lines)


PROTOCOL = """A threshold is chosen on one half of the series (every other one of the panel, so that both
halves hold every kind of market) by the alarms a year it gives, never by its hits, and told on the other
half; then the halves change places. Decades are split below in the same way. A figure of one threshold is
to be believed only as far as the table of thresholds around it says the same."""

PEER = """Confidence of `lppls` 0.6.24 at its defaults (windows of 80 to 22 closes, at most 25 random
starts), seeded by a checksum of the closes, on dates drawn at random from all judged dates of the panel. A
sample has no episodes: the table counts dates, and the highest dates of each signal stand for its alarms."""

PREFACE = """# Major tops: how often alarms preceded one

{beware}

{series} series, {years:.0f} series-years, {first} to {last}, judged {every} ({dates} dates) with
only what was known then: the development panel of `scripts/development_panel.toml`, which
thresholds may be tuned on. Nothing after 2019 is in it. Made by `make skill` (STEP={step}) on
{machine}: {minutes:.1f} minutes with the passes that were kept; from nothing, every session of the
panel takes about twenty minutes on two cores.

## What it says

{reading}

{time}

## What the default policy rests on

{policy}

## How to read the tables

{how} A major top is one that at least 95% of the tolerances of the epsilon-drawdown rule agree on,
the highest close of 120 sessions, from which the price falls by 1.5 standard deviations of
120-session moves within 120 sessions. Dates too close to the end of the data to tell are left out.
Rivals are in units of each series' own volatility and get the threshold that makes as many alarms
as the level does, but "within 1.5% of the 120-day high", whose threshold is its name. "As
stretched": the 50 dates of the same series nearest in 250-day momentum and distance from the
200-day mean, more than 40 sessions from any alarm. "Skill" is said of at least five alarms when
both intervals lie above both base rates, and not otherwise.

"""

BEWARE = """**Read these tables beside this figure.** On {panels} panels of returns shuffled in blocks of 20
sessions, where nothing can be foreseen, judged every {step} sessions, {share:.0%} of FOMO regimes had a
major top within 60 sessions, against {like:.0%} on dates as stretched, and the rule below calls that skill
on {called} of {panels}. On real prices it is {real:.0%} against {real_like:.0%}. A major top is a 120-session
high by definition and the FOMO regime begins at new highs, so the label flatters the alarm: what follows is
kept for comparison, and [skill](skill.md) has the answers on falls, which are clean targets."""

SUPPORT = """* The thresholds .40 and .30 on C3 come from a first study, made with another search of the same
  windows and filters. It froze them on its development series and found {study} on 24 unseen ones.
  With this program such alarms are half as frequent. The study's box was probably narrower: it
  tells of 74% of fits on a bound (m in 48%, tc in 49%), where the default box has 40%, and 74%
  (48%, 54%) with m in [0, 1], omega in [2, 25] and tc from .05 windows before their end to .1 after
  (`scripts/search_box.py`). In that box, every session judged, the conclusion is the same: 34% [20%,
  53%] of 29 warnings against 21%, 31% [14%, 56%] of 16 critical alarms against 24%. The reading of
  "relative error" is not why either (`scripts/log_price_error.py`: with that of the log price C
  correlates by .992).
* These are the thresholds of the first study (`rules = "first-study"`). Their rates are kept in
  `scanners/verdict/calibration.json` and quoted under these thresholds alone.
* What the levels claim is what the tables show. **watch** names a phase and forecasts no fall,
  **warning** claims no lift by itself, **critical** quotes its rate with its interval and says
  whether that shows lift. At major tops: {claims}; at falls of 10% within 60 sessions: {falls}.
* Onsets do not tell the thresholds apart, states do ("State, not onset" below). {states} This is
  what "momentum, not danger" for moderate confidence and the step at .40 rest on. It is few
  stretches of days: where an interval holds both bases, it suggests and does not prove.
* {better} {halves}
* The defaults were not moved to a lower threshold: one read off the table that shows it is
  flattered by that table, the first study lost two thirds of what its development series promised,
  and on days of lower confidence prices rose on as they do on dates as stretched. A user who
  prefers more alarms sets `policy.warning`; the pages then state no record that was not measured
  under it.{looks}"""

STUDY = "60% [42%, 75%] against 32% (C3 at least .40) and 36% [23%, 51%] against 26% (.30)"

LOOKS = """
* Looking every {step} sessions misses an alarm that lives between two looks: critical on the S&P
  500 in August 1987 lasted 9 sessions, the warning on the Nasdaq in March 2000 four
  (docs/replay.md). Recall and alarms a year are those of the looks, hit rates those of the alarms
  that were seen. `make skill STEP=1` judges every session, as a daily scan does."""


if __name__ == "__main__":
    main()
