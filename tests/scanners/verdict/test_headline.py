"""One sentence a series that stands alone: level, since when, a year, the chance, why, how sure."""

from dataclasses import replace

import pytest
from scan_rows import QUIET, falls, row

from scanners.config.policy import Policy
from scanners.evidence.falls import Falls
from scanners.evidence.persistence import Persistence
from scanners.verdict.headline import STRETCHED, headline, is_stretched, standing
from scanners.verdict.trail import Peak, Trail

POLICY = Policy()
NONE = Trail((), (), (), since="2023-12-28", sessions=3, whole=True)


def said(made, trail=None, level=None, phase="fomo"):
    return headline(made.evidence, level or made.verdict.level, phase, POLICY, trail)


def test_the_whole_of_a_verdict_in_one_sentence():
    made = row("a", up=0.45, falls=falls(0.25, 0.1))
    assert said(made, NONE) == made.verdict.headline.replace("Critical,", "Critical for 3 sessions,")
    assert made.verdict.headline == (
        "Critical, up 5% in a year: a fall of 20% within six months has a chance of 25 in 100 (12 to 50), "
        "usually 10, raised by volatility (×1.9), lowered by the trend (×0.8); where 24 in 100 was stated on "
        "average, 24 came true."
    ), "a factor of 1 is not told"
    assert made.verdict.headline not in made.verdict.reasons, "the same fact stands once"


def test_words_fit_the_class_and_the_calendar():
    made = row("a", up=0.45, falls=replace(falls(0.25, 0.1), told=("10", 120), by_month=False))
    evidence = replace(made.evidence, data=replace(made.evidence.data, frequency="daily on 7 days"))
    text = headline(evidence, "critical", "fomo", POLICY)
    assert "up 5% in 250 sessions: a fall of 10% within 120 sessions" in text and "month" not in text


def test_without_a_chance_it_says_why():
    made = row("a", up=0.45, falls=Falls("thin", "60% of the last 250 closes did not change", "test"))
    assert said(made).endswith(
        "in a year; no chance of a fall is stated: 60% of the last 250 closes did not change."
    )
    assert said(row("a")) == "Calm, up 5% in a year."


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, "Calm"),
        ({"z250": 2.1}, "Stretched, no signal"),
        ({"return_500": 2.5}, "Stretched, no signal"),
        ({"return_500": 0.99, "z250": 1.99}, "Calm"),
    ],
)
def test_calm_is_never_said_of_what_is_stretched(changes, word):
    evidence = replace(row("a").evidence, momentum=replace(QUIET, **changes))
    assert standing(evidence, "calm", "none", POLICY) == word
    assert is_stretched(evidence.momentum, POLICY) == (word.lower() == STRETCHED)


def test_what_faded_is_remembered():
    peak = Peak("critical", "2025-12-26", "2026-01-14", 0.45, 0.21)
    text = said(row("a"), replace(NONE, peak=peak))
    assert text == "Calm, up 5% in a year, critical until 14 January."


@pytest.mark.parametrize(
    ("trail", "words"),
    [
        (replace(NONE, sessions=1), "for 1 session"),
        (NONE, "for 3 sessions"),
        (replace(NONE, whole=False), "for at least 3 sessions"),
    ],
)
def test_how_long_says_how_well_it_is_known(trail, words):
    assert said(row("a", up=0.45), trail).startswith(f"Critical {words}, up")


def test_without_a_trail_it_does_not_say_how_long():
    """How long C3 alone has stood is no answer: another rule may have reached the level before."""
    made = row("a", up=0.45)
    evidence = replace(made.evidence, persistence=Persistence("positive", (0.45, 0.4, 0.1)))
    assert standing(evidence, "critical", "fomo", POLICY) == "Critical"
