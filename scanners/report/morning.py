"""The morning in a sentence, from the rows of a scan: bubbles, phases without their shape, risks."""

from collections.abc import Mapping, Sequence
from datetime import date

from scanners.config.policy import Policy
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
        return "No series has a verdict."
    raised = [row for row in judged if row.verdict.raised]
    if not raised:
        return f"Nothing: {_all(len(judged))} calm, and the risk of a fall is the usual one."
    bubbles = [row for row in raised if rank_of(row.verdict.level) >= rank_of("warning")]
    watched = [row for row in raised if row.verdict.level == "watch"]
    parts = [
        *([_bubbles(bubbles, before or {})] if bubbles else []),
        *_watched(watched, policy),
        *_risks([row for row in raised if row.verdict.level == "calm"]),
    ]
    rest = ["Nothing else."] if len(raised) < len(judged) else []
    return " ".join([*parts, *rest])


def day_in_words(iso: str) -> str:
    """Return an ISO date with its weekday, such as "Friday 10 March 2000"."""
    found = date.fromisoformat(iso)
    return f"{found:%A} {found.day} {found:%B %Y}"


def seen_to(rows: Sequence[Row]) -> str:
    """Return how many series there are, which have no verdict, and up to when their prices go."""
    none = [row for row in rows if isinstance(row, RefusedRow)]
    parts = [f"{len(rows)} series"]
    if none:
        named = [f"{row.title}: {row.verdict.status.replace('_', ' ')}" for row in none[:_NAMED]]
        more = [f"{len(none) - _NAMED} more"] if len(none) > _NAMED else []
        parts.append(f"{len(none)} without a verdict ({'; '.join([*named, *more])})")
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
    return f"{'now ' if new else ''}{level}{risk}"


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
