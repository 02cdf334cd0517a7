"""What a card says of one series: two pills, moves, a sentence, odds, how sure, chances beside the usual."""

import math
from dataclasses import dataclass

from scanners.config.policy import Policy
from scanners.core.figures import chance_of, factor, percent, price
from scanners.core.vocabulary import Risk, Side
from scanners.evidence.falls import FallChance, Falls
from scanners.evidence.gathering import Evidence
from scanners.report.words import lead
from scanners.risk.record import statement
from scanners.risk.sizes import words
from scanners.verdict.alarm_words import days_in_state
from scanners.verdict.fall_words import MONTHS, chance_table, horizons, stated
from scanners.verdict.judgement import Judgement

HORIZONS = {sessions: f"{months} months" for sessions, months in MONTHS.items()}
_SLIGHT = 1.05  # odds ratios nearer to 1 are no chip
_FACTORS = {
    "volatility": "volatility",
    "trend": "trend",
    "bubble": "bubble shape",
    "series": "own past",
}


@dataclass(frozen=True)
class Gauge:
    """A chance on a scale, in parts of its width, with its words.

    Parameters
    ----------
    chance, low, high, usual : float
        In [0, 1] of the scale.
    said : str
        The same in words.
    top : str
        Chance in 100 at the right end.
    """

    chance: float
    low: float
    high: float
    usual: float
    said: str
    top: str


@dataclass(frozen=True)
class Card:
    """What is said of one series before all its numbers.

    Parameters
    ----------
    label, style : str
        Level or status, and its name in the style sheet.
    risk : str or None
    close : str
    moves : tuple of (str, str)
        Name and move, as far as they are known.
    sentence : str
        Chance of the fall that leads; empty where none is stated.
    shape : str
        The bubble's axis in plain words, or why there is no verdict.
    odds : tuple of (str, str)
        Name and factor; the last one is their product.
    sure : str
        How often such statements came true.
    horizons : tuple of str
        Of the columns of the table.
    table : tuple of (str, tuple of (str, str))
        Size, and chance with usual at each of the horizons.
    gauge : Gauge or None
        Of the fall by which the risk is judged.
    """

    label: str
    style: str
    risk: Risk | None
    close: str
    moves: tuple[tuple[str, str], ...]
    sentence: str
    shape: str
    odds: tuple[tuple[str, str], ...]
    sure: str
    horizons: tuple[str, ...]
    table: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    gauge: Gauge | None


def card(evidence: Evidence | None, verdict: Judgement, policy: Policy) -> Card:
    """Return the card of a series.

    Parameters
    ----------
    evidence : Evidence or None
        None where the series failed.
    verdict : Verdict or Refusal
        On that evidence.
    policy : Policy
        Thresholds of the series' asset class.
    """
    falls = evidence.falls if evidence else None
    led = falls.cell(*falls.told) if falls else None
    judged = falls.cell(*falls.headline) if falls else None
    return Card(
        label=verdict.level or verdict.status.replace("_", " "),
        style=verdict.level or "no-verdict",
        risk=verdict.risk,
        close=price(evidence.data.close) if evidence else "",
        moves=moves_of(evidence),
        sentence=f"{stated(led, falls)}." if led else "",
        shape=_shape(evidence, verdict, policy),
        odds=_odds(led) if led else (),
        sure=_sure(led) if led else _unstated(falls),
        horizons=horizons(falls),
        table=chance_table(falls),
        gauge=_gauge(judged, fall_in_words(falls)) if judged else None,
    )


def moves_of(evidence: Evidence | None) -> tuple[tuple[str, str], ...]:
    """Return name and size of each move that is known."""
    known = evidence.data.moves if evidence else None
    if evidence is None or known is None:
        return ()
    named = (
        ("day", known.day),
        ("week", known.week),
        ("year to date", known.year_to_date),
        ("250 sessions", evidence.momentum.return_250 if evidence.momentum else None),
    )
    return tuple((name, percent(move)) for name, move in named if move is not None)


def _shape(evidence: Evidence | None, verdict: Judgement, policy: Policy) -> str:
    """Return the axis of the bubble in a plain sentence or two."""
    if verdict.level is None or evidence is None or evidence.bubble is None:
        return " ".join(verdict.reasons)
    bubble, momentum = evidence.bubble, evidence.momentum
    falling = verdict.phase == "capitulation"
    side: Side = "negative" if falling else "positive"
    value = bubble.consensus_3day_negative if falling else bubble.consensus_3day
    reached = policy.critical if value >= policy.critical else policy.warning
    since = days_in_state(evidence.persistence, side, reached) if value >= reached else ""
    kind = "a capitulation" if falling else "a bubble"
    run_up = momentum.return_500 if momentum else None
    span = "two years" if evidence.data.by_month else "500 sessions"
    risen = f" The price moved by {run_up:+.0%} in {span}." if run_up is not None and run_up >= 0.5 else ""
    return (
        f"{lead(verdict)} {value:.0%} of windows have the shape of {kind} (C3 {value:.2f}{since}; warning "
        f"from {policy.warning:.2f}, critical from {policy.critical:.2f}).{risen}"
    )


def _odds(one: FallChance) -> tuple[tuple[str, str], ...]:
    ratios = [(named, getattr(one, name)) for name, named in _FACTORS.items()]
    told = [(named, factor(ratio)) for named, ratio in ratios if abs(math.log(ratio)) >= math.log(_SLIGHT)]
    return (*told, ("odds against usual", factor(one.odds)))


def _sure(one: FallChance) -> str:
    size = one.size if one.size.endswith("s") else float(one.size)
    return statement(size, one.horizon, one.chance) or "How often such statements came true was not measured."


def _unstated(falls: Falls | None) -> str:
    return f"No chance of a fall is stated: {falls.note}." if falls else ""


def fall_in_words(falls: Falls | None) -> str:
    """Return the fall by which a series is judged, such as "a fall of 10% within 3 months"."""
    if falls is None:
        return ""
    size, horizon = falls.headline
    named = words(size if size.endswith("s") else float(size))
    spans = dict(zip(MONTHS, horizons(falls), strict=True))
    return f"a fall of {named} within {spans.get(horizon, f'{horizon} sessions')}"


def _gauge(one: FallChance, fall: str) -> Gauge:
    top = min(1.0, max(0.2, 1.1 * one.high, 1.3 * one.usual))
    said = (
        f"{fall[:1].upper()}{fall[1:]}: {chance_of(one.chance)} in 100 "
        f"[{chance_of(one.low)}, {chance_of(one.high)}], usually {chance_of(one.usual)}"
    )
    return Gauge(one.chance / top, one.low / top, one.high / top, one.usual / top, said, chance_of(top))
