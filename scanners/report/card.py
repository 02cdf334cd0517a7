"""What a card says of one series: two pills, moves, one sentence, what faded, chances beside the usual."""

from dataclasses import dataclass

from scanners.config.policy import Policy
from scanners.core.figures import chance_of, factor, percent, price
from scanners.core.text import day_and_month
from scanners.core.vocabulary import Level, Risk
from scanners.evidence.falls import FallChance, Falls
from scanners.evidence.gathering import Evidence
from scanners.report.words import days_of, style_of
from scanners.risk.sizes import words
from scanners.verdict.fall_words import MONTHS, chance_table, horizons, moves
from scanners.verdict.headline import sentence
from scanners.verdict.judgement import Judgement
from scanners.verdict.move_words import moves_of
from scanners.verdict.trail import Trail

HORIZONS = {sessions: f"{months} months" for sessions, months in MONTHS.items()}
_FACTORS = {
    "volatility": "volatility",
    "trend": "trend",
    "bubble": "bubble shape",
    "series": "own past",
}


_LEVEL_WORDS: dict[Level, str] = {"watch": "on watch", "warning": "at warning", "critical": "critical"}


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
    """What is said of one series before all its numbers; no fact stands twice.

    Parameters
    ----------
    label, style : str
        Level or status, and its name in the style sheet.
    lasted : str
        How long the level has stood, for the pill; empty where it is not known.
    risk : str or None
    close : str
    moves : tuple of (str, str)
        Over a day, a week and this year.
    lead, rest : str
        The headline: what comes first, and what moves the chance and how sure it is.
    shape : str
        What the level rests on, in a plain sentence.
    past : str
        What stood higher and faded; empty where nothing did.
    odds : tuple of (str, str)
        Factor and odds ratio, the product last.
    horizons, table
        Chances beside the usual ones.
    gauge : Gauge or None
    """

    label: str
    style: str
    lasted: str
    risk: Risk | None
    close: str
    moves: tuple[tuple[str, str], ...]
    lead: str
    rest: str
    shape: str
    past: str
    odds: tuple[tuple[str, str], ...]
    horizons: tuple[str, ...]
    table: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    gauge: Gauge | None


def card(evidence: Evidence | None, verdict: Judgement, policy: Policy, trail: Trail | None = None) -> Card:
    """Return the card of a series.

    Parameters
    ----------
    evidence : Evidence or None
        None where the series failed.
    verdict : Verdict or Refusal
        On that evidence.
    policy : Policy
        Thresholds of the series' asset class.
    trail : Trail, optional
        The past of the verdict.
    """
    falls = evidence.falls if evidence else None
    led = falls.cell(*falls.told) if falls else None
    judged = falls.cell(*falls.headline) if falls else None
    lead, rest = verdict.headline, ""
    if evidence is not None and verdict.level is not None:
        lead, rest = sentence(evidence, verdict.level, verdict.phase, policy, trail)
    return Card(
        label=verdict.state,
        style=style_of(verdict),
        lasted=days_of(trail, verdict),
        risk=verdict.risk,
        close=price(evidence.data.close) if evidence else "",
        moves=moves_of(evidence),
        lead=lead,
        rest=rest.lstrip(",; ").rstrip(),
        shape=_shape(evidence, verdict, policy),
        past=past_of(trail),
        odds=_odds(led) if led else (),
        horizons=horizons(falls),
        table=chance_table(falls),
        gauge=_gauge(judged, fall_in_words(falls)) if judged else None,
    )


def past_of(trail: Trail | None) -> str:
    """Return what stood higher in the last months and faded, and what the price did since."""
    peak = trail.peak if trail else None
    if trail is None or peak is None:
        return ""
    last = day_and_month(peak.last)
    span = f"from {day_and_month(peak.first)} to {last}" if peak.first != peak.last else f"on {last}"
    shares = "" if peak.C3 is None else f": {peak.C3:.0%} of windows had the shape, now {trail.C3[-1]:.0%}"
    since = "is where it was" if abs(peak.change) < 0.005 else f"has moved {percent(peak.change)} since"
    return f"It was {_LEVEL_WORDS[peak.level]} {span}{shares}; the price {since}."


def _shape(evidence: Evidence | None, verdict: Judgement, policy: Policy) -> str:
    """Return what the level rests on: the share of windows, and how far the price has run."""
    if verdict.level is None or evidence is None or evidence.bubble is None:
        return ""  # the headline of a refusal is its reason
    bubble, momentum = evidence.bubble, evidence.momentum
    falling = verdict.phase == "capitulation"
    value = bubble.consensus_3day_negative if falling else bubble.consensus_3day
    kind = "a capitulation" if falling else "a bubble"
    run_up = momentum.return_500 if momentum else None
    span = "two years" if evidence.data.by_month else "500 sessions"
    shaped = f"{policy.shaped:.0%} after a doubling in {span}, " if policy.run_up and not falling else ""
    risen = f"; the price rose by {run_up:.0%} in {span}" if run_up is not None and run_up >= 0.5 else ""
    thresholds = (
        f" (warning from {policy.warning:.0%}; critical from {shaped}else {policy.critical:.0%})"
        if shaped
        else f" (warning from {policy.warning:.0%}, critical from {policy.critical:.0%})"
    )
    return f"{value:.0%} of windows have the shape of {kind}{thresholds}{risen}."


def _odds(one: FallChance) -> tuple[tuple[str, str], ...]:
    ratios = [(named, getattr(one, name)) for name, named in _FACTORS.items()]
    told = [(named, factor(ratio)) for named, ratio in ratios if moves(ratio)]
    return (*told, ("odds against usual", factor(one.odds)))


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
