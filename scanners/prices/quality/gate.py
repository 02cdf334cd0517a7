"""The quality gate: every bar is judged before any fit, and everything found is kept to be shown.

Rows that cannot be prices are set aside, never changed; what is left is sorted, unique, finite and positive.
"""

from datetime import date, datetime

import msgspec

from scanners.prices.interface import Bars
from scanners.prices.quality import rows as quality_rows
from scanners.prices.quality import whole_series as quality_series
from scanners.prices.quality.adjust import impossible
from scanners.prices.quality.rules import Finding, Rule


class Market(msgspec.Struct, frozen=True):
    """What must be known of a market to judge its bars.

    Attributes
    ----------
    timezone : str
        IANA name; UTC if empty or unknown.
    close : str
        Local time ``HH:MM`` after which a session's bar is final, up to ``24:00``.
    calendar : str
        Code of exchange_calendars, e.g. ``XKRX``; advisory, used where that package is installed.
    every_day : bool
        Whether it trades at weekends, as cryptocurrencies do.
    splits : bool
        Whether its units can be split, as shares and funds are: then a move that looks like a split blocks
        alerts, elsewhere it is only said (oil did fall by a third on one day, in January 1991).
    confirmed : tuple of datetime.date
        Dates of extreme steps that the user says are moves of the market.
    levels : bool
        Whether values are levels rather than prices (yields, inflation, ratios): they may be negative, stand
        still for months and come once a quarter, so that the rules on prices do not apply.
    """

    timezone: str = ""
    close: str = "24:00"
    calendar: str = ""
    every_day: bool = False
    splits: bool = True
    confirmed: tuple[date, ...] = ()
    levels: bool = False


class Quarantined(msgspec.Struct, frozen=True):
    """A row set aside, with the close that it had."""

    session: date
    close: float
    rule: Rule


class Checked(msgspec.Struct, frozen=True):
    """What the gate lets through, what it set aside and what it found."""

    bars: Bars
    findings: tuple[Finding, ...]
    quarantined: tuple[Quarantined, ...]

    def blocking(self, first: date, last: date) -> tuple[Finding, ...]:
        """Return the errors with a session from ``first`` to ``last``: while there is one, alert nobody."""
        return tuple(
            finding
            for finding in self.findings
            if finding.severity == "error" and any(first <= session <= last for session in finding.sessions)
        )

    def unfit_for_log(self, first: date, last: date) -> bool:
        """Tell whether a price that has no logarithm lies from ``first`` to ``last``."""
        return any(finding.rule == "non_positive" for finding in self.blocking(first, last))


def inspect(bars: Bars, market: Market, now: datetime, *, whole: bool = True) -> Checked:
    """Judge the bars of one series.

    Parameters
    ----------
    bars : Bars
        As a provider gave them, in any order.
    market : Market
        Its time zone comes before that of the bars.
    now : datetime.datetime
        Aware; what is not over by then is no session yet.
    whole : bool
        Whether to judge what is left as a series too; a part of one is judged when it lies with the rest.

    Returns
    -------
    Checked
    """
    if not market.timezone:
        market = msgspec.structs.replace(market, timezone=bars.timezone)
    findings: list[Finding] = []
    quarantined: list[Quarantined] = []
    if not quality_rows.plain(bars, market, now):
        for judge in quality_rows.JUDGES:
            bars = _judge(judge(bars, market, now), bars, findings, quarantined)
    bars = _without_impossible_events(bars, findings)
    if not market.levels:
        bars = _judge(quality_rows.spike(bars), bars, findings, quarantined)
    if len(bars) and whole:
        findings += quality_series.look(bars, market, now)
    elif not len(bars):
        findings.append(Finding("nothing_left", "error", "no bar is left", (now.date(),)))
    return Checked(bars, tuple(findings), tuple(quarantined))


def _judge(
    judged: quality_rows.Judged | None, bars: Bars, findings: list[Finding], quarantined: list[Quarantined]
) -> Bars:
    if judged is None:
        return bars
    sessions = tuple(bars.sessions[judged.rows].tolist())
    findings.append(Finding(judged.rule, judged.severity, judged.message, sessions))
    if judged.set_aside:
        pairs = zip(sessions, bars.close[judged.rows].tolist(), strict=True)
        quarantined += [Quarantined(session, close, judged.rule) for session, close in pairs]
    return bars.take(judged.keep)


def _without_impossible_events(bars: Bars, findings: list[Finding]) -> Bars:
    refused = impossible(bars.sessions, bars.close, bars.events)
    if not refused:
        return bars
    shown = ", ".join(f"{event.kind} of {event.value:g} on {event.session}" for event in refused[:3])
    sessions = tuple(event.session for event in refused)
    findings.append(Finding("impossible_event", "error", f"left out: {shown}", sessions))
    events = tuple(event for event in bars.events if event not in refused)
    return msgspec.structs.replace(bars, events=events)


def summary(checked: Checked) -> str:
    """Return the findings as one line, the grave ones first."""
    order = {"error": 0, "warning": 1, "info": 2}
    ranked = sorted(checked.findings, key=lambda finding: order[finding.severity])
    return "; ".join(finding.message for finding in ranked)
