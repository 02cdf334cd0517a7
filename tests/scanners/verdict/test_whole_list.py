"""What the whole list says: adjusted p-values in the verdicts, and the hits that chance alone gives."""

from dataclasses import replace

import pytest
from scan_rows import draft, failed, row

from scanners.config.policy import Policy
from scanners.evidence.chance import Chance
from scanners.verdict.false_discoveries import benjamini_hochberg
from scanners.verdict.judgement import judge
from scanners.verdict.whole_list import chance_today, conclude

POLICY = Policy(null_paths=99)


def concluded(rows, *arguments):
    """Return what a whole list says of the drafts of which these rows were made."""
    return conclude([draft(row) for row in rows], *arguments)


def compared(name, share, p_value):
    """Return a row that was compared with paths of its own returns."""
    plain = row(name, share)
    evidence = replace(plain.evidence, chance=Chance("positive", share, p_value, 99, 0))
    return replace(plain, evidence=evidence, verdict=judge(evidence, POLICY))


def test_series_at_calm_count_as_looked_at():
    rows = [compared("gold", 0.45, 0.01), compared("wti", 0.32, 0.2), *(row(f"s{k}") for k in range(6))]
    found = concluded([*rows, failed("x")], POLICY)
    expected = benjamini_hochberg([0.01, 0.2, *[1.0] * 6])
    assert [each.evidence.chance.q_value for each in found[:2]] == list(expected[:2])
    assert [each.evidence.chance.series for each in found[:2]] == [8, 8]
    for each, words in zip(
        found, ("q = 0.08 over 8 series (more", "q = 0.8 over 8 series (no more"), strict=False
    ):
        assert words in " ".join(each.verdict.context)
    assert found[2:] == [*rows[2:], failed("x")]
    assert [each.verdict.level for each in found] == [each.verdict.level for each in (*rows, failed("x"))]


def test_lines_from_outside_stand_in_the_context():
    rows = [compared("gold", 0.45, 0.01), row("silver")]
    once = concluded(rows, POLICY, {"gold": ("Liquidity: easy.",)})
    assert once[0].verdict.context[-1] == "Liquidity: easy." and once[1] == rows[1]


def test_rates_are_quoted_by_class_and_level_beside_the_context():
    def rates(asset_class):
        return lambda level, phase: (f"Of 9 {level} alerts ({phase}) on a {asset_class}, 5 fell.",)

    rows = [compared("gold", 0.45, 0.01), row("silver"), failed("x")]
    found = concluded(rows, POLICY, {"gold": ("Liquidity: easy.",)}, rates)
    assert found[0].verdict.context[0] == "Of 9 critical alerts (fomo) on a commodity, 5 fell."
    assert found[0].verdict.context[-1] == "Liquidity: easy."
    assert found[1].verdict.context[0] == "Of 9 calm alerts (none) on a commodity, 5 fell."
    assert found[2] == rows[2]


def test_thresholds_are_those_of_the_class():
    policy = Policy(null_paths=99, by_asset_class={"commodity": {"critical": 0.6}})
    (found,) = concluded([compared("gold", 0.45, 0.01)], policy)
    assert found.verdict.level == "warning"


def test_hits_by_chance_are_named():
    rows = [compared("gold", 0.45, 0.01), compared("wti", 0.32, 0.2), row("tin"), failed("x")]
    rows = concluded(rows, POLICY)
    alarms, hits = chance_today(rows, POLICY)
    assert alarms == (
        "By chance alone, 3 series raise 0.00072 new critical alarms on an average day, one in 6 years "
        "(0.0605 a year and series, on simulated paths without bubbles)."
    )
    for series, words in (
        (40, "0.0096 new critical alarms on an average day, one in 5 months"),
        (300, "0.072 new critical alarms on an average day ("),
        (5000, "1.2 new critical alarms on an average day ("),
    ):
        (line,) = chance_today(series * [row("tin")], POLICY)
        assert line.startswith(f"By chance alone, {series} series raise {words}"), line
    (line,) = chance_today([row("tin")], replace(POLICY, critical_by_chance=0.0))
    assert line.startswith(
        "By chance alone, 1 series raise 0 new critical alarms on an average day (0 a year"
    )
    assert hits == (
        "2 of 3 series above calm, compared with paths of their own returns: 1 with p at most 0.05, where "
        "chance alone gives up to 0.15; 1 with q at most 0.1 (Benjamini-Hochberg over all 3)."
    )


@pytest.mark.parametrize(("rows", "lines"), [([], 0), ([failed("x")], 0), ([row("gold", 0.45)], 1)])
def test_without_verdicts_or_paths_there_is_less_to_say(rows, lines):
    assert len(chance_today(concluded(rows, Policy()), Policy())) == lines
