"""The morning in a sentence, from the rows of a scan: bubbles, phases without their shape, risks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from scanners.config.policy import Policy
from scanners.core.text import counted, day_and_month
from scanners.core.vocabulary import is_risen, rank_of
from scanners.report.columns import rank
from scanners.verdict.row import JudgedRow, RefusedRow, Row

_NAMED = 4  # series by name in a sentence; the others are counted
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def morning(rows: Sequence[Row], policy: Policy, before: Mapping[str, str] | None = None) -> str:
    """Return what a scan found, the most pressing first: it reads nothing but its arguments.

    Parameters
    ----------
    rows : sequence of Row
        Of one scan.
    policy : Policy
        Thresholds, of all asset classes.
    before : mapping of str to str, optional
        Series -> level of the run before, to say which are new at theirs.
    """
    judged = [row for row in sorted(rows, key=rank) if isinstance(row, JudgedRow)]
    if not judged:
        return f"No series has a verdict{_why_none(rows)}."
    raised = [row for row in judged if row.verdict.raised]
    bubbles = [row for row in raised if rank_of(row.verdict.level) >= rank_of("warning")]
    calm = [row for row in judged if row.verdict.level == "calm"]
    stretched = [row for row in calm if row.verdict.stretched and not is_risen(row.verdict.risk)]
    gone = [row for row in judged if row not in bubbles and _has_faded(row)]
    parts = [
        *([_bubbles(bubbles, before or {})] if bubbles else []),
        *_watched([row for row in raised if row.verdict.level == "watch"], policy),
        *_risks([row for row in raised if row.verdict.level == "calm"]),
        *_without_signal(stretched),
        *_faded(gone),
    ]
    if not parts:
        return f"Nothing: {_all(len(judged))} calm, and the risk of a fall is the usual one."
    if not raised:
        parts.insert(0, "No bubble, and the risk of a fall is the usual one.")
    told = {row.name for row in (*raised, *stretched, *gone)}
    rest = ["Nothing else."] if len(told) < len(judged) else []
    return " ".join([*parts, *rest])


def day_in_words(iso: str) -> str:
    """Return an ISO date with its weekday, such as "Friday 10 March 2000"."""
    found = date.fromisoformat(iso)
    return f"{found:%A} {found.day} {found:%B %Y}"


def seen_to(rows: Sequence[Row], watchlist: str = "") -> str:
    """Return how many series there are, which have no verdict, and up to when their prices go."""
    none = [row for row in rows if isinstance(row, RefusedRow)]
    named = f" of the list {watchlist}" if watchlist not in ("", "watchlist") else ""
    parts = [f"{len(rows)} series{named}"]
    if none:
        which = [f"{row.title}: {row.verdict.state}" for row in none[:_NAMED]]
        more = [f"{len(none) - _NAMED} more"] if len(none) > _NAMED else []
        parts.append(f"{len(none)} without a verdict ({'; '.join([*which, *more])})")
    last = sorted({row.evidence.data.last for row in rows if row.evidence})
    if last:
        span = last[0] if len(last) == 1 else f"{last[0]} to {last[-1]}"
        parts.append(f"last closes {span}")
    return f"{', '.join(parts)}."


def _bubbles(rows: Sequence[JudgedRow], before: Mapping[str, str]) -> str:
    count = len(rows)
    named = [f"{row.title} ({_stands(row, before)})" for row in rows[:_NAMED]]
    return f"{_number(count).capitalize()} bubble{'s' * (count > 1)}: {_listed(named, count)}."


def _stands(row: JudgedRow, before: Mapping[str, str]) -> str:
    level = row.verdict.level
    new = row.name in before and before[row.name] != level
    risk = f", risk of a fall {row.verdict.risk}" if is_risen(row.verdict.risk) else ""
    days = f" for {counted(row.trail.sessions, 'session')}" if row.trail and row.trail.whole else ""
    return f"{'now ' if new else ''}{level}{'' if new else days}{risk}"


def _without_signal(rows: Sequence[JudgedRow]) -> list[str]:
    named = [row.title for row in rows[:_NAMED]]
    return [f"{_listed(named, len(rows))} {_are(rows)} stretched, without a signal."] if rows else []


def _has_faded(row: JudgedRow) -> bool:
    peak = row.trail.peak if row.trail else None
    return peak is not None and rank_of(peak.level) >= rank_of("warning")


def _faded(rows: Sequence[JudgedRow]) -> list[str]:
    """Return a sentence on the bubbles of the last months that faded."""
    peaks = [(row.title, row.trail.peak) for row in rows if row.trail and row.trail.peak]
    peaks.sort(key=lambda pair: pair[1].last, reverse=True)
    named = [f"{title} ({peak.level} until {day_and_month(peak.last)})" for title, peak in peaks[:_NAMED]]
    return [f"Faded: {_listed(named, len(peaks))}."] if peaks else []


def _why_none(rows: Sequence[Row]) -> str:
    states = Counter(row.verdict.state for row in rows)
    return f": {', '.join(f'{count} {state}' for state, count in states.most_common())}" if states else ""


def _watched(rows: Sequence[JudgedRow], policy: Policy) -> list[str]:
    """Return a sentence a kind: what is watched has not the shape of a bubble."""
    kinds: dict[str, list[JudgedRow]] = {}
    for row in rows:
        kinds.setdefault(_kind(row, policy.for_class(row.asset_class)), []).append(row)
    return [
        f"{_listed([row.title for row in group[:_NAMED]], len(group))} {_are(group)} {kind}."
        for kind, group in kinds.items()
    ]


def _kind(row: JudgedRow, policy: Policy) -> str:
    if row.verdict.phase == "capitulation":
        return "falling in the shape of a capitulation"
    if policy.stretched and row.momentum.z250 >= policy.stretched:
        return "stretched without the shape of a bubble"
    return "racing to new highs without the shape of a bubble"


def _risks(rows: Sequence[JudgedRow]) -> list[str]:
    """Return a sentence on falls that are likelier than usual where there is no bubble."""
    found = []
    for risk in ("high", "raised"):
        group = [row for row in rows if row.verdict.risk == risk]
        if group:
            named = _listed([row.title for row in group[:_NAMED]], len(group))
            found.append(f"{risk} for {named}")
    return [f"Without a bubble, the risk of a fall is {', and '.join(found)}."] if found else []


def _listed(named: Sequence[str], count: int) -> str:
    parts = [*named, *([f"{_number(count - len(named))} more"] if count > len(named) else [])]
    return " and ".join(filter(None, ("; ".join(parts[:-1]), parts[-1])))


def _all(count: int) -> str:
    return "the one series with a verdict is" if count == 1 else f"all {count} series with a verdict are"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _are(group: Sequence[JudgedRow]) -> str:
    return "is" if len(group) == 1 else "are"
