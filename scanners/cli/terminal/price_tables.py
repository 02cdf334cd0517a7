"""Tables of what was fetched, what is stored, and what the doctor found."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from scanners.cli.terminal.grid import Column, fitted, name_of
from scanners.cli.terminal.tables import pairs
from scanners.prices.agreement.words import sentence

if TYPE_CHECKING:
    from scanners.prices.agreement.table import SourceRow
    from scanners.prices.quality.rules import Finding
    from scanners.prices.refresh import Report
    from scanners.prices.series_summary import SeriesSummary
    from scanners.service.doctor import Check

_STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}
_RESULTS = {"problem": "bold red", "note": "yellow", "ok": "green"}


def refresh_table(reports: "Sequence[Report]", width: int) -> Group:
    """Return one row a series: what became of it, and what is stored of it now."""
    columns = [Column(name) for name in ("series", "result", "source")]
    columns += [Column(name, right=True) for name in ("new", "changed", "bars")]
    columns += [Column("last bar"), Column("found", wraps=True)]
    rows: list[list[Text | str]] = [
        [
            name_of(report.series),
            Text(report.verdict, style="bold red" if report.failed else ""),
            Text(report.source),
            _count(report.added),
            _count(report.revised + report.withdrawn),
            _count(report.sessions),
            Text(_last(report), style="" if report.fresh else "yellow"),
            Text(_found(report.findings)),
        ]
        for report in reports
    ]
    return fitted(columns, rows, width, spare=("changed", "new", "bars", "source"))


def remarks(reports: "Sequence[Report]") -> Iterator[Text]:
    """Yield what to look at: failures, fall-backs, changed histories, and the errors that were found."""
    for report in reports:
        errors = [finding.message for finding in report.findings if finding.severity == "error"]
        for remark in (*report.tried, *([report.reason] if report.reason else []), *errors):
            yield Text.assemble(name_of(report.series, "bold"), (": ", "bold"), remark)


def summary(reports: "Sequence[Report]") -> Text:
    """Return the end of a fetch in plain words: how many came, from where, and what is left to do."""
    failed = [report for report in reports if report.failed]
    sources = Counter(report.source for report in reports if not report.failed)
    told = f"{len(reports) - len(failed)} of {len(reports)} series fetched"
    if sources:
        told += ": " + ", ".join(f"{count} from {name}" for name, count in sources.most_common())
    if failed:
        kinds = Counter(
            f"{name} {kind.replace('_', ' ')}" for report in failed for name, kind in report.kinds
        )
        why = ", ".join(f"{reason} ({count})" for reason, count in kinds.most_common(5))
        told += f". {len(failed)} failed{': ' + why if why else ''}; the next lppl fetch begins with them"
    return Text(f"{told}.")


def findings_table(findings: "Sequence[Finding]", width: int) -> Group:
    """Return the findings of one series, the grave ones first."""
    columns = [*(Column(name) for name in ("severity", "rule", "from", "to")), Column("what", wraps=True)]
    rows: list[list[Text | str]] = [
        [
            Text(finding.severity, style=_STYLES[finding.severity]),
            Text(finding.rule.replace("_", " ")),
            f"{min(finding.sessions)}",
            f"{max(finding.sessions)}",
            Text(finding.message),
        ]
        for finding in sorted(findings, key=lambda finding: list(_STYLES).index(finding.severity))
    ]
    return fitted(columns, rows, width)


def summary_parts(summary: "SeriesSummary", width: int) -> Iterator[Any]:
    """Yield the parts of what ``lppl data show`` shows."""
    history, said = summary.history, summary.history.provenance
    total, late = len(history.sessions), int(history.backloaded.sum())
    yield name_of(history.series, "bold")
    lines = [
        ("bars", f"{total}, {history.sessions[0]} to {history.sessions[-1]}"),
        ("last close", f"{history.close[-1]:,.6g} {said['currency']}".rstrip()),
        ("source", f"{said['source']} {said['symbol']}"),
        ("read by", said["package"]),
        ("time zone", said["time_zone"] or "not told"),
        ("splits, dividends, rolls", f"{summary.events} ex-dates"),
        ("last refreshed", f"{summary.checked_at:%Y-%m-%d %H:%M} UTC"),
        ("back-loaded", f"{late} of {total} bars were stored more than a week after their session"),
    ]
    yield pairs([(name, value) for name, value in lines if value])
    if summary.agreement is not None:
        looked = summary.agreement
        yield ""
        yield Text(f"other sources, compared on {looked.at:%Y-%m-%d}:")
        yield from (Text(f"  {sentence(one)}") for one in looked.comparisons)
    yield ""
    if summary.findings:
        yield findings_table(summary.findings, width)
    else:
        yield Text("nothing was found wrong with it")


def sources_table(rows: "Sequence[SourceRow]", width: int) -> Group:
    """Return one row a series: where its bars come from, and what its other sources say."""
    columns = [Column(name) for name in ("series", "bars from", "clock", "looked")]
    columns += [Column("other sources", wraps=True)]
    cells: list[list[Text | str]] = [
        [
            name_of(row.series),
            Text(row.source or "none stored", style="" if row.source else "bold red"),
            Text(row.clock),
            Text(row.looked),
            Text(". ".join(row.said) or "not compared", style="yellow" if row.fault else ""),
        ]
        for row in rows
    ]
    return fitted(columns, cells, width, spare=("looked", "clock"))


def _count(number: int) -> str:
    return str(number) if number else ""


def _last(report: "Report") -> str:
    if report.last is None:
        return ""
    return f"{report.last}" if report.fresh else f"{report.last} (old)"


def _found(findings: "Sequence[Finding]") -> str:
    counts = {
        name: sum(finding.severity == name for finding in findings) for name in ("error", "warning", "info")
    }
    words = {"error": "errors", "warning": "warnings", "info": "notes"}
    return ", ".join(
        f"{count} {words[name] if count > 1 else words[name][:-1]}" for name, count in counts.items() if count
    )


def checks(found: "Sequence[Check]", width: int) -> Group:
    """Return one row for each thing that ``lppl doctor`` looked at."""
    columns = [Column("result"), Column("what"), Column("found", wraps=True)]
    rows = [
        [Text(check.result, style=_RESULTS[check.result]), Text(check.what), Text(check.detail)]
        for check in found
    ]
    return fitted(columns, rows, width, heading=1)
