"""The morning in a sentence: made from the rows and nothing else."""

from dataclasses import replace

import pytest
from scan_rows import DAY, QUIET, STRETCHED, failed, falls, row

from scanners.config.policy import Policy
from scanners.core.vocabulary import Level, Risk
from scanners.report.morning import day_in_words, morning, seen_to

POLICY = Policy()


def at(title: str, level: Level = "calm", risk: Risk = "usual", phase="fomo", momentum=QUIET):
    made = row(title, title=title, momentum=momentum)
    return replace(made, verdict=replace(made.verdict, level=level, risk=risk, phase=phase))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "No series has a verdict."),
        ([failed("a")], "No series has a verdict: 1 failed."),
        (
            [at("Gold")],
            "Nothing: the one series with a verdict is calm, and the risk of a fall is the usual one.",
        ),
        (
            [at("Gold"), at("Oil"), failed("a")],
            "Nothing: all 2 series with a verdict are calm, and the risk of a fall is the usual one.",
        ),
        ([at("Nasdaq", "critical")], "One bubble: Nasdaq (critical)."),
        (
            [at("Gold"), at("Oil", "watch", momentum=STRETCHED), at("Nasdaq", "critical", "high")],
            "One bubble: Nasdaq (critical, risk of a fall high). Oil is stretched without the shape of a "
            "bubble. Nothing else.",
        ),
        (
            [at("A", "warning"), at("B", "critical"), at("C", "watch"), at("D", "watch")],
            "Two bubbles: B (critical) and A (warning). C and D are racing to new highs without the shape of "
            "a bubble.",
        ),
        (
            [at("A", risk="high"), at("B", risk="raised"), at("C", risk="raised"), at("D")],
            "Without a bubble, the risk of a fall is high for A, and raised for B and C. Nothing else.",
        ),
        (
            [at("A", "watch", phase="capitulation")],
            "A is falling in the shape of a capitulation.",
        ),
        (
            [at(f"N{k}", "warning") for k in range(7)],
            "Seven bubbles: N0 (warning); N1 (warning); N2 (warning); N3 (warning) and three more.",
        ),
    ],
)
def test_sentences(rows, said):
    assert morning(rows, POLICY) == said
    assert morning(rows[::-1], POLICY).count(".") == said.count("."), "the order of a list changes no finding"


def test_only_a_level_that_is_new_is_now():
    rows = [at("Nasdaq", "critical"), at("Oil", "warning"), at("Tin", "warning")]
    then = {"Nasdaq": "warning", "Oil": "warning"}
    assert morning(rows, POLICY, then) == (
        "Three bubbles: Nasdaq (now critical); Oil (warning) and Tin (warning)."
    ), "a series that the run before did not have is not new at its level"


def test_a_policy_that_watches_no_stretched_prices_calls_none_stretched():
    rows = [at("Oil", "watch", momentum=STRETCHED)]
    assert "racing to new highs" in morning(rows, replace(POLICY, stretched=0.0))


def test_what_was_seen():
    assert day_in_words("2000-03-10") == "Friday 10 March 2000"
    later = row("b", moment=DAY.replace(day=2))
    assert seen_to([row("a"), later, failed("x")]) == (
        "3 series, 1 without a verdict (x: failed), last closes 2024-01-01 to 2024-01-02."
    )


def test_a_judged_row_with_a_high_chance_is_in_the_sentence():
    assert "high for Tin" in morning([row("Tin", title="Tin", falls=falls(0.5, 0.2))], POLICY)
