"""A proxy: another series of the list that is judged beside one of too little history, and never for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanners.core.vocabulary import Level, Phase, Risk, is_raised

if TYPE_CHECKING:
    from scanners.verdict.row import Row


@dataclass(frozen=True)
class Proxy:
    """What a scan says of the proxy of a series; it is no part of what it says of the series.

    Parameters
    ----------
    name, title : str
        Of the proxy, which has a row of its own.
    status, level, phase, risk
        Of its verdict.
    C3 : float or None
        Upward or downward, the larger.
    last : str or None
        Its last session, ISO.
    """

    name: str
    title: str
    status: str
    level: Level | None
    phase: Phase | None
    risk: Risk | None
    C3: float | None
    last: str | None

    @property
    def raised(self) -> bool:
        """Whether the proxy is raised on either axis."""
        return self.level is not None and is_raised(self.level, self.risk)

    @property
    def line(self) -> str:
        """What it says in a sentence, marked as what it is."""
        if self.level is None:
            return f"Proxy {self.title} ({self.name}): {self.status.replace('_', ' ')}."
        shape = "" if self.C3 is None else f", C3 {self.C3:.2f}"
        risk = f", risk {self.risk}" if self.risk else ""
        said = f"{self.level}{shape}{risk}, last bar {self.last}"
        return f"Proxy {self.title} ({self.name}): {said}. A verdict on the proxy, not on this series."


def with_proxies(rows: "Sequence[Row]", named: dict[str, str]) -> "list[Row]":
    """Return rows with what the scan says of the proxies of those that name one.

    Parameters
    ----------
    rows : sequence of Row
    named : dict of str to str
        Series -> its proxy; one that is no row of the scan is left out.
    """
    known = {row.name: row for row in rows}
    return [
        replace(row, proxy=_of(known[named[row.name]])) if named.get(row.name) in known else row
        for row in rows
    ]


def raised_proxies(rows: "Sequence[Row]") -> tuple[str, ...]:
    """Return a line for each series without a verdict whose proxy is raised."""
    return tuple(
        f"{row.title} ({row.name}) has no verdict of its own. {row.proxy.line}"
        for row in rows
        if row.verdict.level is None and row.proxy is not None and row.proxy.raised
    )


def _of(row: "Row") -> Proxy:
    bubble, verdict = row.bubble, row.verdict
    return Proxy(
        name=row.name,
        title=row.title,
        status=verdict.status,
        level=verdict.level,
        phase=verdict.phase,
        risk=verdict.risk,
        C3=max(bubble.consensus_3day, bubble.consensus_3day_negative) if bubble else None,
        last=row.evidence.data.last if row.evidence else None,
    )
