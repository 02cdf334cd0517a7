"""One flat record a series: what tables, CSV files and pages show of a row."""

from collections.abc import Sequence
from typing import Any

from scanners.core.vocabulary import LEVELS, RISKS, rank_of
from scanners.evidence.bifurcation import Bifurcation
from scanners.evidence.bubble import Bubble
from scanners.evidence.falls import FallChance
from scanners.evidence.gathering import Evidence
from scanners.verdict.headline import STRETCHED
from scanners.verdict.row import RefusedRow, Row

FALLS = (("10", 60), ("20", 120))  # size and horizon of the chances in a table


def record(row: Row, filters: Sequence[str]) -> dict[str, Any]:
    """Return the numbers of a row as one flat mapping; what is not known is None.

    Parameters
    ----------
    row : Row
        One series of a scan.
    filters : sequence of str
        Shares of the scan's plan; each gives ``NAME_positive`` and ``NAME_negative``.
    """
    verdict, evidence = row.verdict, row.evidence
    data, bubble, momentum, bifurcation = (
        (evidence.data, evidence.bubble, evidence.momentum, evidence.bifurcation) if evidence else (None,) * 4
    )
    time = bubble.critical_time if bubble else None
    return {
        "series": row.name,
        "title": row.title,
        "asset_class": row.asset_class,
        "status": verdict.status,
        "level": verdict.level,
        **_standing(row),
        "phase": verdict.phase,
        "bifurcation": verdict.bifurcation,
        "risk": verdict.risk,
        **_falls(evidence),
        "last": data and data.last,
        "close": data and data.close,
        **_moves(evidence),
        "sessions": data and data.sessions,
        "C3": bubble and bubble.consensus_3day,
        "C3_negative": bubble and bubble.consensus_3day_negative,
        "C": bubble and bubble.consensus,
        "C_negative": bubble and bubble.consensus_negative,
        **_support(evidence),
        "windows_available": bubble and bubble.windows_available,
        **_confidence(bubble, filters),
        "trust_positive": row.trust and row.trust.positive,
        "trust_negative": row.trust and row.trust.negative,
        "trust_qualified": row.trust and row.trust.qualified,
        "attempted": bubble and bubble.attempted,
        "at_bound": bubble and bubble.at_bound,
        "tc_low": time and time.low,
        "tc_median": time and time.median,
        "tc_high": time and time.high,
        "tc_windows": time and time.windows,
        "tc_at_bound": time and time.at_bound,
        "new_high": momentum and momentum.new_high,
        "z250": momentum and momentum.z250,
        "acceleration": momentum and momentum.acceleration,
        "return_250": momentum and momentum.return_250,
        "volatility": momentum and momentum.volatility,
        **_bifurcation(bifurcation),
        "headline": verdict.headline,
        "reasons": " ".join(verdict.reasons),
        "proxy": row.proxy and row.proxy.name,
        "proxy_level": row.proxy and row.proxy.level,
        "proxy_C3": row.proxy and row.proxy.C3,
    }


def _standing(row: Row) -> dict[str, Any]:
    """Return since when the level stands, what stood higher in 120 sessions, and whether it is stretched."""
    trail = row.trail
    peak = trail.peak if trail else None
    return {
        "stretched": row.verdict.stretched,
        "level_since": trail and trail.since,
        "level_sessions": trail and trail.sessions,
        "highest_level": (peak.level if peak else row.verdict.level) if trail else None,
        "highest_level_until": peak and peak.last,
        "change_since_highest": peak and peak.change,
    }


def _confidence(bubble: Bubble | None, filters: Sequence[str]) -> dict[str, float | None]:
    shares = dict(bubble.confidence) if bubble else {}
    if bubble and bubble.published:
        beside = bubble.published
        shares |= {f"{beside.preset}_{name}": share for name, share in beside.confidence.items()}
    return {
        f"{name}_{side}": shares[name][side] if name in shares else None
        for name in filters
        for side in ("positive", "negative")
    }


def _falls(evidence: Evidence | None) -> dict[str, float | None]:
    found = evidence.falls if evidence else None
    numbers: dict[str, float | None] = {}
    for size, horizon in FALLS:
        one = found.cell(size, horizon) if found else None
        numbers[f"p_{size}_{horizon}"] = one.chance if one else None
        numbers[f"usual_{size}_{horizon}"] = one.usual if one else None
    return numbers


def _moves(evidence: Evidence | None) -> dict[str, float | None]:
    known = evidence.data.moves if evidence else None
    return {name: getattr(known, name, None) for name in ("day", "week", "year_to_date")}


def _support(evidence: Evidence | None) -> dict[str, Any]:
    lasting, chance = (evidence.persistence, evidence.chance) if evidence else (None, None)
    return {
        "C3_before": lasting and " ".join(f"{value:.3f}" for value in lasting.C3),
        "p_value": chance and chance.p_value,
        "q_value": chance and chance.q_value,
        "null_paths": chance and chance.paths,
        "null_alarms": chance and chance.alarms,
    }


def _bifurcation(found: Bifurcation | None) -> dict[str, Any]:
    trends, portrait, explosive = (
        (found.trends, found.portrait, found.explosive) if found else (None, None, None)
    )
    low, high = (portrait and portrait.margin_interval) or (None, None)
    return {
        "ar1_tau": trends and trends.ar1_tau,
        "variance_tau": trends and trends.variance_tau,
        "trend_p": trends and trends.p_value,
        "portrait_identified": portrait and portrait.identified,
        "portrait_p": portrait and portrait.p_value,
        "state": portrait and portrait.state,
        "margin": portrait and portrait.margin,
        "margin_low": low,
        "margin_high": high,
        "bsadf": explosive and explosive.statistic,
        "bsadf_95": explosive and explosive.critical_95,
        "bsadf_99": explosive and explosive.critical_99,
        "bsadf_p": explosive and explosive.p_value,
    }


def judged_by(row: Row) -> FallChance | None:
    """Return the chance by which the risk of a row is judged, None where it is not stated."""
    falls = row.evidence.falls if row.evidence else None
    return falls.cell(*falls.headline) if falls else None


def level_or_status(row: Row) -> str:
    """Return the level in a word, or the status where there is no verdict."""
    return row.verdict.state


def rank(row: Row) -> tuple[int, int, float]:
    """Return a sort key: highest level first, then highest risk, then C3; last what has no verdict."""
    if isinstance(row, RefusedRow):
        return 1, 0, 0.0
    bubble, risk = row.bubble, row.verdict.risk
    return (
        -rank_of(row.verdict.level),
        -RISKS.index(risk) if risk else 0,
        -max(bubble.consensus_3day, bubble.consensus_3day_negative),
    )


def critical_time(row: Row) -> str:
    """Return the interval of tc in words, empty without a verdict or without a window that qualifies."""
    time = None if isinstance(row, RefusedRow) else row.bubble.critical_time
    return time.span if time else ""


def counts(rows: Sequence[Row]) -> str:
    """Return how many series stand at each level, and at each risk that is raised, in words."""
    states = [row.verdict.state if row.verdict.level else None for row in rows]
    known = (*reversed(LEVELS[1:]), STRETCHED, LEVELS[0])
    parts = [f"{states.count(state)} {state}" for state in known if state in states]
    parts += [f"{states.count(None)} without a verdict"] if None in states else []
    risks = [row.verdict.risk for row in rows]
    high = [f"{risks.count(risk)} {risk}" for risk in reversed(RISKS[1:]) if risk in risks]
    told = f" Risk of a fall: {', '.join(high)}." if high else ""
    return f"{len(rows)} series: {', '.join(parts)}.{told}"
