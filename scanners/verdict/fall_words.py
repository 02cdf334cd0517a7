"""The chance of a fall in words: how large, why, and why a risk is raised."""

from scanners.config.policy import Policy
from scanners.core.figures import chance_of, factor
from scanners.core.vocabulary import Risk
from scanners.evidence.falls import FallChance, Falls
from scanners.risk.sizes import Size, words
from scanners.risk.state import Rules, risk
from scanners.verdict.followed import risk_followed

_SPANS = {20: "one month", 60: "three months", 120: "six months", 250: "one year"}
MONTHS = {60: 3, 120: 6, 250: 12}  # horizons of a table of chances, in sessions, and what they are called
_ROWS = 3  # of that table
FACTORS = {
    "volatility": "volatility",
    "trend": "the trend",
    "bubble": "the bubble shape",
    "series": "this series' own past",
}


def horizons(falls: Falls | None) -> tuple[str, ...]:
    """Return what the horizons of a table of chances are called: in months where sessions make such."""
    if falls is None or falls.by_month:
        return tuple(f"{months} months" for months in MONTHS.values())
    return tuple(f"{sessions} sessions" for sessions in MONTHS)


def risk_of(falls: Falls | None, policy: Policy) -> Risk | None:
    """Return the risk axis of a verdict; None where no chance is stated."""
    one = falls.cell(*falls.headline) if falls else None
    return None if one is None else risk(one.chance, one.usual, Rules.of(policy))


def risk_reason(falls: Falls, found: Risk, policy: Policy) -> str:
    """Return why the risk is raised or high, with what followed when it was."""
    one = falls.cell(*falls.headline)
    if one is None or found == "usual":
        return ""
    return (
        f"Risk {found}: {_uncapitalised(stated(one, falls))} ({_times(one, Rules.of(policy))}). "
        f"{risk_followed(found, policy, f'{one.size}_{one.horizon}')}"
    )


def _times(one: FallChance, rules: Rules) -> str:
    """Return the chance over the usual one in words that no rounding lifts over a threshold."""
    told = f"{one.times_usual:.1f}"
    under = any(one.times_usual < limit <= float(told) for limit in (rules.raised, rules.high))
    return f"just under {told} times" if under else f"{told} times"


def usual_line(falls: Falls | None) -> str:
    """Return the chance of a series whose risk is not raised, in a line of context."""
    if falls is None:
        return ""
    one = falls.cell(*falls.headline)
    if one is None:
        return f"No chance of a fall is stated: {falls.note}."
    return f"{stated(one, falls)}: {moved(one)}{f'; {falls.note}' if falls.note else ''}."


def chance_table(falls: Falls | None) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the largest percentages of the class, each with chance and usual in 100 at each of `MONTHS`.

    A chance that is not stated is a pair of empty words.
    """
    known = falls.cells if falls else ()
    sizes = list(dict.fromkeys(each.size for each in known if not each.size.endswith("s")))[-_ROWS:]
    return tuple(
        (words(float(size)), tuple(_pair(falls, size, horizon) for horizon in MONTHS)) for size in sizes
    )


def chance_lines(falls: Falls | None) -> tuple[str, ...]:
    """Return the same as text: a line a size, that of the fall by which the series is judged first."""
    judged = words(float(falls.headline[0])) if falls else ""
    rows = sorted(chance_table(falls), key=lambda row: row[0] != judged)
    return tuple(
        f"Chance in 100 of a fall of {size} (usual): "
        + ", ".join(
            f"{chance} ({usual}) in {span}"
            for span, (chance, usual) in zip(horizons(falls), cells, strict=True)
            if chance
        )
        + "."
        for size, cells in rows
    )


def _pair(falls: Falls | None, size: str, horizon: int) -> tuple[str, str]:
    one = falls.cell(size, horizon) if falls else None
    return (chance_of(one.chance), chance_of(one.usual)) if one else ("", "")


def stated(one: FallChance, falls: Falls | None = None) -> str:
    """Return a chance of these with its interval and what is usual, in words without an end."""
    named = falls is None or falls.by_month
    within = span_of(one.horizon, falls) + (f" ({one.horizon} sessions)" if named else "")
    return (
        f"A fall of {words(size_of(one))} {within} has a chance of {one.chance:.0%} "
        f"[{one.low:.0%}, {one.high:.0%}], usually {one.usual:.0%}"
    )


def span_of(horizon: int, falls: Falls | None) -> str:
    """Return a horizon in words: in months where sessions make such."""
    span = _SPANS.get(horizon) if falls is None or falls.by_month else None
    return f"within {span or f'{horizon} sessions'}"


def moved(one: FallChance) -> str:
    """Return what raises and lowers the odds against usual, the strongest first."""
    ratios = {name: getattr(one, name) for name in FACTORS}
    up = {name: ratio for name, ratio in ratios.items() if ratio > 1.0 and moves(ratio)}
    down = {name: ratio for name, ratio in ratios.items() if ratio < 1.0 and moves(ratio)}
    parts = [
        f"{verb} by {_listed(those)}"
        for verb, those in (("raised", _by_strength(up)), ("lowered", _by_strength(down)))
        if those
    ]
    return ", ".join(parts) or "nothing moves the odds by much"


def moves(ratio: float) -> bool:
    """Tell whether an odds ratio reads as another than one."""
    return factor(ratio) != factor(1.0)


def _by_strength(ratios: dict[str, float]) -> list[str]:
    strongest = sorted(ratios, key=lambda name: -max(ratios[name], 1 / ratios[name]))
    return [f"{FACTORS[name]} ({factor(ratios[name])})" for name in strongest]


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def size_of(one: FallChance) -> Size:
    """Return the size of a fall as `scanners.risk.sizes` has it."""
    return one.size if one.size.endswith("s") else float(one.size)


def _uncapitalised(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
