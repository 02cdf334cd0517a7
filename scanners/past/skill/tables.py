"""The skill tables, for docs/skill.md, for the page and for the terminal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanners.past.skill.outcomes import MAJOR
from scanners.past.skill.score import Hits, Score
from scanners.past.skill.states import Mean, State
from scanners.past.skill.study import Study

SHOWN = (MAJOR, "fall of 10% in 60", "fall of 20% in 120", "fall of 1.5 sigma in 60")
SHOWN_UP = ("major bottom in 60", "rise of 10% in 60", "rise of 20% in 120", "rise of 1.5 sigma in 60")
FEWEST = 5  # alarms; with fewer, nothing is said of skill
HOW_TO_READ = (
    "A cell reads: followed/alarms = share (Wilson 95% interval, block-bootstrap 95% interval) vs the share "
    "on any date of the same series / on dates of the same series as stretched. Alarms are episodes: days at "
    "most 40 sessions apart count once, on the first. Recall is the share of major turns with an alarm in "
    "the 60 and 120 sessions up to them; lead the median (quartiles) of sessions from first day to turn. Of "
    "states: the mean over days (95% interval over stretches of days at most 40 sessions apart) vs the same "
    "on any date / on dates as stretched, far from any day of moderate C3 or more."
)


@dataclass(frozen=True)
class TextTable:
    """A table of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """Return the table without its title."""
        lines = ["| " + " | ".join(self.columns) + " |", "|" + "---|" * len(self.columns)]
        return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in self.rows)])


def tables(study: Study) -> list[TextTable]:
    """Return every table of a study, the most important first."""
    found = [
        scores(study.levels, "The levels of the policy, upward", "level"),
        readings(study.levels, "Where there is skill", "level"),
        *(
            scores(rivals, f"Every signal at the alarm rate of {level}", "signal")
            for level, rivals in study.rivals.items()
        ),
        scores(study.sensitivity, "Sensitivity to the threshold on C3", "signal"),
        state(study.states),
        *(split(parts, f"By {name}", name) for name, parts in study.splits.items()),
        scores(study.capitulation, "Capitulation: bottoms", "level", SHOWN_UP),
        reliability(study),
    ]
    return [table for table in found if table.rows]


def share(hits: Hits) -> str:
    """Return hits, share, both intervals and both base rates in a cell."""
    if hits.share is None:
        return "no episode"
    low, high = hits.wilson
    drawn = "" if hits.bootstrap is None else f", {hits.bootstrap[0]:.0%}-{hits.bootstrap[1]:.0%}"
    base = " / ".join("?" if value is None else f"{value:.0%}" for value in (hits.random, hits.matched))
    return f"{hits.hits}/{hits.episodes} = {hits.share:.0%} ({low:.0%}-{high:.0%}{drawn}) vs {base}"


def reading(hits: Hits) -> str:
    """Return in words whether the share tells more than any date and than dates as stretched."""
    base = [value for value in (hits.random, hits.matched) if value is not None]
    if hits.share is None or not base:
        return "nothing to measure"
    if hits.episodes < FEWEST:
        return "too few to tell"
    low, high = hits.wilson
    if hits.bootstrap is not None:
        low, high = min(low, hits.bootstrap[0]), max(high, hits.bootstrap[1])
    if low > max(base):
        return "skill"
    return "worse than base" if high < min(base) else "no skill shown"


def scores(found: Iterable[Score], title: str, first: str, shown: Sequence[str] = SHOWN) -> TextTable:
    """Return a table with a line a signal."""
    rows = [
        (
            one.signal,
            f"{one.threshold:.3g}",
            f"{one.series_years:.0f}",
            f"{one.episodes}",
            f"{one.per_year:.3f}",
            *(share(one.targets[target]) for target in shown),
            _recall(one),
            "" if one.lead is None else f"{one.lead[1]:.0f} ({one.lead[0]:.0f}-{one.lead[2]:.0f})",
        )
        for one in found
    ]
    head = (first, "threshold", "series-years", "alarms", "a year", *shown, "recall 60 / 120", "lead")
    return TextTable(title, head, tuple(rows))


def readings(found: Iterable[Score], title: str, first: str, shown: Sequence[str] = SHOWN) -> TextTable:
    """Return a table that says in words where there is skill."""
    rows = [(one.signal, *(reading(one.targets[target]) for target in shown)) for one in found]
    return TextTable(title, (first, *shown), tuple(rows))


def split(found: dict[str, tuple[Score, ...]], title: str, name: str) -> TextTable:
    """Return a table with a line a part and level; parts without an alarm are left out."""
    rows = [
        (
            part,
            one.signal,
            f"{one.series_years:.0f}",
            f"{one.episodes}",
            share(one.targets[MAJOR]),
            share(one.targets["fall of 10% in 60"]),
            _recall(one),
        )
        for part, levels in found.items()
        for one in levels
        if one.episodes
    ]
    head = (name, "level", "series-years", "alarms", MAJOR, "fall of 10% in 60", "recall 60 / 120")
    return TextTable(title, head, tuple(rows))


def state(found: Sequence[State]) -> TextTable:
    """Return what followed the days of each band of C3."""
    rows = [
        (
            f"above 0 and below {one.high:g}"
            if not one.low
            else f"{one.low:g} and more"
            if one.high == float("inf")
            else f"{one.low:g} to {one.high:g}",
            f"{one.days}",
            f"{one.stretches}",
            mean(one.growth, "+.1%"),
            mean(one.falls, ".0%"),
        )
        for one in found
        if one.days
    ]
    head = (
        "C3 of the day",
        "days",
        "stretches",
        "mean log return of the next 60 sessions",
        "fall of 10% in 60",
    )
    return TextTable("State, not onset: what followed the days of each C3", head, tuple(rows))


def mean(found: Mean, form: str) -> str:
    """Return a mean with its interval and both bases in a cell."""
    if found.value is None:
        return "not known"
    between = "" if found.interval is None else f" ({found.interval[0]:{form}} to {found.interval[1]:{form}})"
    usual, like = ("?" if base is None else f"{base:{form}}" for base in (found.usual, found.stretched))
    return f"{found.value:{form}}{between} vs {usual} / {like}"


def reliability(study: Study) -> TextTable:
    """Return the probabilities that one half states against what followed on the other."""
    rows = [
        (
            one.level,
            " / ".join("nothing" if stated is None else f"{stated:.0%}" for stated in one.stated),
            f"{one.hits}/{one.episodes} ({one.wilson[0]:.0%}-{one.wilson[1]:.0%})",
            "" if one.brier is None else f"{one.brier:.3f}",
            "" if one.brier_base is None else f"{one.brier_base:.3f}",
        )
        for one in study.reliability
        if one.episodes
    ]
    head = (
        "level",
        "second half states / first half states",
        "followed",
        "Brier score",
        "Brier score of the base rate",
    )
    return TextTable(
        "Probability of a major top within 60 sessions, stated by the other half", head, tuple(rows)
    )


def critical_time(study: Study) -> str:
    """Return the skill of tc in a sentence."""
    tc = study.tc
    if tc.correlation is None:
        return f"Critical time: {tc.dates} dates, too few to tell."
    return (
        f"Critical time: on {tc.dates} judged dates with a window that qualifies and a major top within 120 "
        f"sessions, the sessions to the median tc and to the top correlate by {tc.correlation:+.2f}; the "
        f"median error is {tc.error:.0f} sessions, that of the best constant {tc.naive:.0f}; the middle 80% "
        f"held the top on {tc.covered:.0%} of them."
    )


def _recall(one: Score) -> str:
    known = [one.recall[days] for days in (60, 120)]
    if None in known:
        return "no major turn"
    return f"{known[0]:.0%} / {known[1]:.0%} of {one.turns}"
