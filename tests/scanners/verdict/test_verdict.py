"""The verdict is the policy table, and its words stay within what was measured."""

import json
from dataclasses import replace

import pytest

from scanners.config.policy import FIRST_STUDY, Policy
from scanners.evidence.bifurcation import Bifurcation, ExplosiveRoot, PhasePortrait, Trends
from scanners.evidence.bubble import Bubble, CriticalTime
from scanners.evidence.chance import Chance
from scanners.evidence.falls import FallChance, Falls
from scanners.evidence.gathering import Data, Evidence
from scanners.evidence.momentum import Momentum
from scanners.evidence.persistence import Persistence
from scanners.verdict.appraisal import Refusal
from scanners.verdict.followed import level_followed, measured
from scanners.verdict.judgement import judge
from scanners.verdict.row import JudgedRow, RefusedRow, row_of

QUIET = Momentum(new_high=False, new_low=False, z250=0.3, acceleration=0.1, return_250=0.05, volatility=0.2)
HOT = Momentum(new_high=True, new_low=False, z250=2.5, acceleration=1.6, return_250=1.07, volatility=0.3)

WARM = replace(HOT, z250=1.5)
DOUBLED = replace(QUIET, return_500=1.0)

QUIET_STATE = Bifurcation(
    750,
    Trends(ar1=0.9, variance=0.001, ar1_tau=0.5, variance_tau=-0.2, p_value=0.41),
    PhasePortrait(False, "undetermined", None, None, 0.76, "a random walk would look like this (p = 0.76)"),
    ExplosiveRoot(-0.8, 0.66, 1.26, None, True),
)


def evidence(up=0.0, down=0.0, momentum=QUIET, **changes):
    bubble = Bubble(
        preset="shanghai_2015",
        confidence={"early_warning": {"positive": up, "negative": down}},
        attempted=126,
        failed=0,
        at_bound=60,
        consensus=up,
        consensus_negative=down,
        consensus_3day=up,
        consensus_3day_negative=down,
        windows_available=26,
        windows_total=26,
        critical_time=CriticalTime("2000-03-08", "2000-03-10", "2000-04-20", 40, 126, 0.75, 0.85),
        fit=None,
    )
    data = Data(1562, "1994-01-03", "2000-03-10", 5048.62, 0, 0, "ab" * 32)
    whole = Evidence("2000-03-10", data, bubble, momentum, QUIET_STATE)
    for part, values in changes.items():
        whole = replace(whole, **{part: replace(getattr(whole, part), **values)})
    return whole


@pytest.mark.parametrize(
    ("up", "down", "momentum", "level", "phase"),
    [
        (0.05, 0.0, QUIET, "calm", "none"),
        (0.0, 0.0, HOT, "watch", "fomo"),
        (0.0, 0.0, replace(QUIET, z250=2.0), "watch", "fomo"),
        (0.0, 0.0, replace(QUIET, z250=1.99), "calm", "none"),
        (0.1999, 0.0, QUIET, "calm", "none"),
        (0.20, 0.0, QUIET, "warning", "fomo"),
        (0.20, 0.0, HOT, "warning", "fomo"),
        (0.2999, 0.0, QUIET, "warning", "fomo"),
        (0.30, 0.0, QUIET, "critical", "fomo"),
        (0.10, 0.0, DOUBLED, "critical", "fomo"),
        (0.0999, 0.0, DOUBLED, "calm", "none"),
        (0.0, 0.29, QUIET, "calm", "none"),
        (0.0, 0.30, QUIET, "calm", "capitulation"),
        (0.0, 0.90, QUIET, "calm", "capitulation"),
    ],
)
def test_policy_table(up, down, momentum, level, phase):
    verdict = judge(evidence(up, down, momentum), Policy())
    assert (verdict.status, verdict.level, verdict.phase) == ("ok", level, phase)


@pytest.mark.parametrize(
    "momentum",
    [replace(WARM, new_high=False), replace(WARM, acceleration=1.0), replace(WARM, z250=1.0)],
)
def test_fomo_regime_needs_all_three(momentum):
    assert judge(evidence(momentum=WARM), Policy()).level == "watch"
    assert judge(evidence(momentum=momentum), Policy()).level == "calm"


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"data": {"non_positive": 2}}, "unfit_for_log", "2 closes are not positive"),
        ({"data": {"age": 6}}, "stale", "6 weekdays before 2000-03-10 (limit 5)"),
        ({"bubble": {"windows_available": 19}}, "insufficient_data", "19 of 26 windows"),
        ({"data": {"age": 6, "non_positive": 1}}, "unfit_for_log", "not positive"),
    ],
)
def test_status_decides_before_any_number(changes, status, reason):
    verdict = judge(evidence(up=0.9, momentum=HOT, **changes), Policy())
    assert (verdict.status, verdict.level, verdict.phase) == (status, None, None)
    assert reason in verdict.reasons[0]
    assert verdict.bifurcation is None and not verdict.context


def test_bubble_without_fits_is_insufficient_data():
    verdict = judge(replace(evidence(), bubble=None), Policy())
    assert verdict.status == "insufficient_data"
    assert "0 of 26 windows" in verdict.reasons[0]


def test_thresholds_may_differ_by_asset_class():
    policy = Policy(by_asset_class={"crypto": {"critical": 0.6, "warning": 0.5}})
    hot = evidence(up=0.45)
    assert judge(hot, policy.for_class("equity_index")).level == "critical"
    assert judge(hot, policy.for_class("crypto")).level == "calm"


def test_capitulation_may_rise_where_the_policy_lets_it():
    assert judge(evidence(down=0.45), Policy(capitulation_cap="critical")).level == "critical"
    first = Policy(**FIRST_STUDY)
    assert judge(evidence(down=0.35), first).level == "watch"
    assert judge(evidence(down=0.35), replace(first, capitulation_cap="critical")).level == "warning"


def test_the_thresholds_of_the_first_study_are_selectable():
    policy = Policy(**FIRST_STUDY)
    for up, momentum, level in (
        (0.40, QUIET, "critical"),
        (0.30, QUIET, "warning"),
        (0.29, DOUBLED, "calm"),
        (0.0, replace(QUIET, z250=9.0), "calm"),
        (0.0, HOT, "watch"),
    ):
        assert judge(evidence(up, 0.0, momentum), policy).level == level


def test_reasons_carry_their_numbers_and_what_followed():
    (reason,) = judge(evidence(up=0.45), Policy()).reasons
    followed = level_followed("critical", Policy())
    for words in ("C3 = 0.45 >= 0.30", "26 of 26 windows", followed):
        assert words in reason
    (reason,) = judge(evidence(up=0.45), Policy(critical=0.41)).reasons
    assert followed not in reason and "not measured under these thresholds" in reason
    (reason,) = judge(evidence(down=0.45), Policy()).reasons
    assert "Capitulation shape" in reason and "adds nothing" in reason
    doubled, hot = judge(evidence(up=0.12, momentum=replace(DOUBLED, z250=2.5)), Policy()).reasons
    assert "+100% in two years" in doubled and followed in doubled
    assert hot.startswith("Stretched: z250 2.5 >= 2") and "Measured" not in hot


def test_what_is_raised_says_how_good_an_alarm_it_is_beside_volatility():
    found = replace(evidence(up=0.45), falls=falls(0.3, 0.1))
    level, risk = (line for line in judge(found, Policy()).context if "taken as an alarm" in line)
    for line, record in ((level, measured()["levels"]["critical"]), (risk, measured()["risks"]["high"])):
        cell = record["cells"]["20_120"]
        right = f"followed {cell['precision']:.0%} [{cell['precision_of_volatility']:.0%}] of its days"
        assert right in line and f"finds {cell['recall']:.0%} [{cell['recall_of_volatility']:.0%}]" in line
    for quiet in (judge(evidence(), Policy()), judge(found, Policy(critical=0.41))):
        assert not any("taken as an alarm" in line for line in quiet.context)


def falls(chance, usual, **changes):
    """Chances of the two falls that a verdict speaks of, the same for both."""
    cells = tuple(
        FallChance(size, horizon, chance, usual, chance / 2, min(2 * chance, 1.0), 1.9, 0.8, 1.0, 1.02)
        for size, horizon in (("10", 60), ("20", 120), ("5", 60), ("10", 120))
    )
    return Falls("ok", "", "test", cells, **changes)


@pytest.mark.parametrize(
    ("chance", "usual", "risk"),
    [(0.10, 0.10, "usual"), (0.151, 0.10, "raised"), (0.20, 0.10, "high"), (0.5, 0.45, "high")],
)
def test_risk_is_an_axis_of_its_own(chance, usual, risk):
    for up, level in ((0.0, "calm"), (0.45, "critical")):
        verdict = judge(replace(evidence(up=up), falls=falls(chance, usual)), Policy())
        assert (verdict.level, verdict.risk) == (level, risk)
        assert "a fall of 20% within six months has a chance of" in verdict.headline
        told = [line for line in verdict.reasons if line.startswith(f"Risk {risk}: ")]
        assert len(told) == (risk != "usual")
    assert judge(evidence(), Policy()).risk is None


def test_without_a_chance_the_verdict_says_why():
    refused = Falls("thin", "60% of the last 250 closes did not change", "test")
    verdict = judge(replace(evidence(up=0.45), falls=refused), Policy())
    assert verdict.risk is None and "Critical point" in verdict.reasons[0]
    assert "No chance of a fall is stated: 60% of the last 250 closes did not change." in verdict.context


def test_moderate_confidence_is_momentum_and_never_danger():
    verdict = judge(evidence(up=0.15), Policy())
    text = " ".join(verdict.reasons + verdict.context).lower()
    assert "is momentum" in text
    assert not any(word in text for word in ("danger", "crash", "risk", "alarm"))
    assert "Moderate" not in " ".join(judge(evidence(up=0.05), Policy()).context)


def test_critical_time_comes_with_its_doubts():
    context = " ".join(judge(evidence(up=0.45), Policy()).context)
    expected = "2000-03-08 to 2000-04-20 (middle 80%, median 2000-03-10) from the 40 of 126 windows"
    assert expected in context
    for words in ("75% of them sit on a bound", "85% have a second solution", "held it on 15% of dates"):
        assert words in context


def state(part=None, **changes):
    """The quiet state with one part changed."""
    return replace(QUIET_STATE, **{part: replace(getattr(QUIET_STATE, part), **changes)} if part else {})


def identified(zone, low=0.001):
    return state(
        "portrait", identified=True, state=zone, margin=0.02, margin_interval=(low, 0.04), p_value=0.004
    )


@pytest.mark.parametrize(
    ("found", "expected", "words"),
    [
        (None, "not identified", "too short"),
        (state(), "not identified", "no explosive root (BSADF -0.80 below its 95% value 0.66)"),
        (identified("convergent"), "convergent", "the fold 0.02 [0.001, 0.04] a session away"),
        (identified("convergent", 0.0), "convergent", "drawn back (p = 0.004), the fold 0.02 [0, 0.04]"),
        (identified("divergent"), "divergent", "in a divergent zone, where prices are driven on"),
        (identified("undetermined"), "not identified", "between the zones"),
        (
            state("portrait", margin=0.02, margin_interval=(-0.1, 0.14)),
            "not identified",
            "zone not identified (a random walk would",
        ),
        (state("portrait", identified=True), "not identified", "no fold in reach"),
        (state("trends", p_value=0.05), "not identified", "rising together p = 0.050"),
        (state("trends", p_value=0.049), "slowing", "; slowing down (Kendall tau +0.50"),
        (state("trends", p_value=None, ar1_tau=None), "not identified", "without a trend to test"),
        (
            state("explosive", statistic=1.3, p_value=0.01),
            "explosive",
            "an explosive root in a rise (BSADF 1.30 above its 99% value 1.26 in a rise, bootstrap",
        ),
        (state("explosive", statistic=1.3, p_value=0.02), "not identified", "no explosive root (BSADF 1.30"),
        (
            state("explosive", statistic=1.2, p_value=0.01, rising=False),
            "not identified",
            "above its 95% value 0.66 in a fall",
        ),
    ],
)
def test_the_path_is_described_and_raises_nothing(found, expected, words):
    for up, level in ((0.0, "calm"), (0.45, "critical")):
        whole = replace(evidence(up=up), bifurcation=found)
        verdict = judge(whole, Policy())
        assert (verdict.bifurcation, verdict.level) == (expected, level)
        (line,) = [line for line in verdict.context if line.startswith("Path ")]
        assert line.startswith(f"Path {expected}: ") and words in line
        assert ("no forecast value for falls, measured" in line) == (found is not None)
        assert not any("Path" in reason for reason in verdict.reasons)


def test_thresholds_of_the_path_belong_to_the_policy():
    rising, root = state("trends", p_value=0.08), state("explosive", statistic=1.3, p_value=0.03)
    policy = Policy(trend_p=0.1, explosive_p=0.03)
    for found, loose in ((rising, "slowing"), (root, "explosive")):
        whole = replace(evidence(), bifurcation=found)
        assert judge(whole, Policy()).bifurcation == "not identified"
        assert judge(whole, policy).bifurcation == loose


@pytest.mark.parametrize(
    ("up", "down", "before", "words"),
    [
        (0.45, 0.0, (0.45, 0.2), "C3 = 0.45 >= 0.30 with 26 of 26 windows, for the first session."),
        (0.45, 0.0, (0.45, 0.31, 0.29, 0.1), "with 26 of 26 windows, for 2 sessions in a row."),
        (0.25, 0.0, (0.25, 0.31, 0.29, 0.1), "with 26 of 26 windows, for 3 sessions in a row."),
        (0.35, 0.0, (0.35,) * 60, "with 26 of 26 windows, for at least 60 sessions in a row."),
        (0.0, 0.35, (0.35, 0.3, 0.1), "C3 = 0.35 >= 0.30 with 26 of 26 windows, for 2 sessions in a row."),
    ],
)
def test_days_in_the_state_are_named(up, down, before, words):
    side = "positive" if up else "negative"
    found = replace(evidence(up, down), persistence=Persistence(side, before))
    assert words in judge(found, Policy()).reasons[0]
    assert "session" not in judge(evidence(up, down), Policy()).reasons[0].partition(". ")[0]


def test_eight_of_ten_days_is_context_and_no_claim():
    found = replace(evidence(up=0.25), persistence=Persistence("positive", (0.25,) * 8 + (0.1,) * 2))
    (line,) = [line for line in judge(found, Policy()).context if line.startswith("Persistence: ")]
    assert "at least 0.20 on 8 of the last 10 sessions" in line and "hypothesis" in line
    short = replace(found, persistence=Persistence("positive", (0.35,) * 9))
    assert not any("Persistence" in line for line in judge(short, Policy()).context)


@pytest.mark.parametrize(
    ("up", "momentum", "chance", "words"),
    [
        (0.45, QUIET, Chance("positive", 0.45, 0.02, 99, 1), "99, its own returns in blocks): p = 0.02"),
        (
            0.45,
            QUIET,
            Chance("positive", 0.45, 0.002, 999, 1, screened=0.4),
            "in blocks, screened by the grid): p",
        ),
        (0.45, QUIET, Chance("positive", 0.45, 1.0, 0, None, screened=0.0), "none drawn, since the grid"),
        (0.45, QUIET, Chance("positive", 0.45, 0.02, 99, 1), "for C3 = 0.45; 1 end at C3 >= 0.30."),
        (0.45, QUIET, Chance("positive", 0.45, 0.02, 99, 1), "bubble reach 0.40 0.0045 times a year."),
        (0.45, QUIET, Chance("negative", 0.45, 0.02, 99, 1), "p holds for this session and this side alone."),
        (0.45, QUIET, Chance("positive", 0.45, 0.02, 99, 1, 0.2, 8), "Both hold for this session and this"),
        (0.05, HOT, Chance("positive", 0.05, 0.25, 20, None), "p = 0.25 for C3 = 0.05."),
        (0.0, HOT, Chance("positive", 0.0, 1.0, 0, None), "every path of its own returns"),
    ],
)
def test_own_paths_are_one_line_of_context_and_raise_nothing(up, momentum, chance, words):
    plain = evidence(up, 0.0, momentum)
    verdict = judge(replace(plain, chance=chance), Policy())
    (line,) = [line for line in verdict.context if line.startswith("Null paths")]
    assert words in line
    assert (verdict.level, verdict.reasons) == (judge(plain, Policy()).level, judge(plain, Policy()).reasons)


def test_a_q_value_says_whether_the_list_shows_as_much_by_chance():
    chance = Chance("positive", 0.45, 0.01, 99, 1, q_value=0.08, series=8)
    for limit, words in ((0.1, "(more than chance)"), (0.05, "(no more than chance)")):
        policy = Policy(false_discovery=limit)
        context = judge(replace(evidence(up=0.45), chance=chance), policy).context
        assert f"q = 0.08 over 8 series {words}" in " ".join(context)


def test_lines_from_outside_join_the_context_of_a_fomo_verdict_alone():
    line = "Liquidity: M2 of China grows 11% a year, faster than before."
    for up, down, momentum, told in (
        (0.45, 0.0, QUIET, True),
        (0.0, 0.0, HOT, True),
        (0.0, 0.45, QUIET, False),
        (0.0, 0.0, QUIET, False),
    ):
        plain = judge(evidence(up, down, momentum), Policy())
        found = judge(evidence(up, down, momentum), Policy(), (line,))
        assert found == (replace(plain, context=(*plain.context, line)) if told else plain)
    assert judge(evidence(data={"age": 9}), Policy(), (line,)).context == ()


def test_a_row_is_judged_on_complete_evidence_or_refused_with_a_reason():
    whole = evidence(0.35)
    names = "gold", "Gold", "commodity"
    refused = judge(replace(whole, momentum=None), Policy())
    assert isinstance(refused, Refusal) and refused.status == "insufficient_data" and refused.reason
    assert judge(whole, Policy()).to_dict().keys() == refused.to_dict().keys()
    with pytest.raises(ValueError, match="evidence of a judged row must be complete, got no momentum"):
        JudgedRow(*names, judge(whole, Policy()), replace(whole, momentum=None))
    for row in (JudgedRow(*names, judge(whole, Policy()), whole), RefusedRow(*names, refused, whole)):
        assert row_of(json.loads(json.dumps(row.to_dict()))) == row
