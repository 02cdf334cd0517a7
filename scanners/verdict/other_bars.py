"""Bars that are no days: their numbers are told, and no threshold or record of daily bars is applied."""

from scanners.evidence.bubble import Bubble
from scanners.evidence.gathering import Data, Evidence
from scanners.verdict.bifurcation_words import measured_line


def other_bars_reason(data: Data, bubble: Bubble) -> str:
    """Return why there is no level, with the shape of the windows in numbers."""
    return (
        f"{data.frequency.capitalize()} bars: levels, records and chances were measured on daily bars and "
        f"are not applied. C3 = {bubble.consensus_3day:.2f} upward, {bubble.consensus_3day_negative:.2f} "
        f"downward over {bubble.windows_available} windows of {data.bar}s."
    )


def other_bars_context(evidence: Evidence) -> tuple[str, ...]:
    """Return what else was computed, in the words of its bars."""
    momentum, data = evidence.momentum, evidence.data
    lines = []
    if momentum is not None:
        yearly = (
            ""
            if momentum.volatility != momentum.volatility
            else f", volatility {momentum.volatility:.0%} a year"
        )
        lines.append(f"Momentum: {momentum.return_250:+.0%} over 250 {data.bar}s{yearly}.")
    if evidence.bifurcation is not None:
        lines.append(f"Early warnings: {measured_line(evidence.bifurcation, data.bar)}")
    return tuple(lines)
