"""The daily scan's verdict on one price, as a monitor."""

from typing import Any

from scanners.report import style
from scanners.systems.reading import UNKNOWN, Outcome, Reading
from scanners.systems.sampling import day
from scanners.systems.shelf import Shelf


def bubble(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return ``fomo``, ``capitulation`` or ``neither`` by the default policy of the scan."""
    from scanners.config.policy import Policy
    from scanners.evidence.gathering import gather
    from scanners.verdict.judgement import confidence_line, judge

    prices = shelf.get(inputs["x"])
    # As of the last close: how old that may be is told as for every monitor, by the age of its input.
    evidence, _ = gather(prices, day(prices.index[-1]), options.preset, tested=False)
    policy = Policy()
    verdict = judge(evidence, policy)
    found = evidence.bubble
    if verdict.status != "ok" or found is None:
        return Outcome(Reading(status="too short", state=UNKNOWN, evidence=" ".join(verdict.reasons)))
    up, down = found.consensus_3day, found.consensus_3day_negative
    reading = Reading(
        state={"none": "neither"}.get(verdict.phase, verdict.phase),
        evidence=f"{verdict.level}: {verdict.reasons[0]}",
        estimate=confidence_line(found),
        distance=f"{policy.warning - max(up, down):+.2f} of C3 to the warning of {policy.warning:.2f}",
        mind="C3 on the other side of the warning, or the end of the FOMO regime.",
        last=day(prices.index[-1]),
        numbers={"C3": up, "C3_negative": down, "level": verdict.level},
    )
    tail = prices.iloc[-750:]
    return Outcome(reading, lambda ax: _draw(tail, ax))


def _draw(prices: Any, ax: Any) -> Any:
    ax.plot(prices.index, prices, color=style.INK, linewidth=1.0)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:,.6g}")
    ax.yaxis.set_minor_formatter("{x:,.6g}")
    return ax
