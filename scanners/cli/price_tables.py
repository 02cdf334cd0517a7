"""Tables of what was fetched, what is stored, and what the doctor found."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from scanners.cli.tables import pairs
from scanners.doctor import Check
from scanners.prices.quality import Finding
from scanners.refresh import Report
from scanners.sheet import Sheet

_STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}
_RESULTS = {"problem": "bold red", "note": "yellow", "ok": "green"}


def refresh_table(reports: Sequence[Report]) -> Table:
    """Return one row a series: what became of it, and what is stored of it now."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("series", overflow="ellipsis", no_wrap=True)
    for name in ("result", "source"):
        table.add_column(name, no_wrap=True)
    for name in ("new", "changed", "bars"):
        table.add_column(name, justify="right")
    table.add_column("last bar", no_wrap=True)
    table.add_column("found")
    for report in reports:
        table.add_row(
            Text(report.series),
            Text(report.verdict, style="bold red" if report.failed else ""),
            Text(report.source),
            _count(report.added),
            _count(report.revised + report.withdrawn),
            _count(report.sessions),
            Text(_last(report), style="" if report.fresh else "yellow"),
            Text(_found(report.findings)),
        )
    return table


def remarks(reports: Sequence[Report]) -> Iterator[Text]:
    """Yield what to look at: failures, fall-backs, changed histories, and the errors that were found."""
    for report in reports:
        errors = [finding.message for finding in report.findings if finding.severity == "error"]
        for remark in (*report.tried, *([report.reason] if report.reason else []), *errors):
            yield Text.assemble((f"{report.series}: ", "bold"), remark)


def findings_table(findings: Sequence[Finding]) -> Table:
    """Return the findings of one series, the grave ones first."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("severity", "rule", "from", "to"):
        table.add_column(name, no_wrap=True)
    table.add_column("what")
    for finding in sorted(findings, key=lambda finding: list(_STYLES).index(finding.severity)):
        table.add_row(
            Text(finding.severity, style=_STYLES[finding.severity]),
            Text(finding.rule.replace("_", " ")),
            f"{min(finding.sessions)}",
            f"{max(finding.sessions)}",
            Text(finding.message),
        )
    return table


def sheet_parts(sheet: Sheet) -> Iterator[Any]:
    """Yield the parts of what ``lppl data show`` shows."""
    history, said = sheet.history, sheet.history.provenance
    total, late = len(history.sessions), int(history.backloaded.sum())
    yield Text(history.series, style="bold")
    lines = [
        ("bars", f"{total}, {history.sessions[0]} to {history.sessions[-1]}"),
        ("last close", f"{history.close[-1]:,.6g} {said['currency']}".rstrip()),
        ("source", f"{said['source']} {said['symbol']}"),
        ("read by", said["package"]),
        ("time zone", said["time_zone"] or "not told"),
        ("splits, dividends, rolls", f"{sheet.events} ex-dates"),
        ("last refreshed", f"{sheet.checked_at:%Y-%m-%d %H:%M} UTC"),
        ("back-loaded", f"{late} of {total} bars were stored more than a week after their session"),
    ]
    yield pairs([(name, value) for name, value in lines if value])
    yield ""
    yield findings_table(sheet.findings) if sheet.findings else Text("nothing was found wrong with it")


def _count(number: int) -> str:
    return str(number) if number else ""


def _last(report: Report) -> str:
    if report.last is None:
        return ""
    return f"{report.last}" if report.fresh else f"{report.last} (old)"


def _found(findings: Sequence[Finding]) -> str:
    counts = {
        name: sum(finding.severity == name for finding in findings) for name in ("error", "warning", "info")
    }
    words = {"error": "errors", "warning": "warnings", "info": "notes"}
    return ", ".join(
        f"{count} {words[name] if count > 1 else words[name][:-1]}" for name, count in counts.items() if count
    )


def checks(found: Sequence[Check]) -> Table:
    """Return one row for each thing that ``lppl doctor`` looked at."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for check in found:
        table.add_row(Text(check.result, style=_RESULTS[check.result]), Text(check.what), Text(check.detail))
    return table
