"""The page of the whole catalogue: one self-contained HTML file, no network, no script."""

import base64
from collections.abc import Sequence
from typing import Any

from scanners.core.figures import chance_of
from scanners.past.catalogue.turning_points import TurningPoint
from scanners.past.replay import HORIZONS, LEAD, Firing, Replay
from scanners.past.replay_picture import replay_picture
from scanners.report import html
from scanners.report.axes import encode
from scanners.risk.sizes import words


def render(found: Sequence[tuple[TurningPoint, Replay | None, Any, str]]) -> str:
    """Return the page.

    Parameters
    ----------
    found : sequence of (Event, Replay or None, pandas.Series or None, str)
        Events in the order of the page; those without data carry the reason.
    """
    items = [_item(event, shown, prices) for event, shown, prices, _ in found if shown and shown.turns]
    missing = [(event, why) for event, shown, _, why in found if not (shown and shown.turns)]
    judged = [item for item in items if item["turn"].level_before is not None]
    return html.page(
        "replay.html",
        percent="{:+.0%}".format,
        tc=_tc,
        stated=stated,
        followed=followed,
        items=items,
        missing=missing,
        lead=LEAD,
        horizons=HORIZONS,
        judged=len(judged),
        missed=sum(not item["turn"].firings for item in judged),
        critical=sum(any(f.level == "critical" for f in item["turn"].firings) for item in judged),
        warned=sum(any(f.level == "warning" for f in item["turn"].firings) for item in judged),
    )


def _item(event: TurningPoint, shown: Replay, prices: Any) -> dict[str, Any]:
    turn = shown.turns[0]
    level = turn.firings[-1].level if turn.firings else "calm" if turn.level_before else "no verdict"
    picture = base64.b64encode(encode(replay_picture(shown, prices))).decode("ascii")
    return {"event": event, "shown": shown, "turn": turn, "level": level, "picture": picture}


def stated(shown: Replay, date: str) -> str:
    """Return the chance of a fall that was stated at a date, or last before it, and whether it came."""
    known = [one for one in shown.said if one.date <= date and one.chance is not None]
    if not known or shown.fall is None:
        return ""
    one, (size, horizon) = known[-1], shown.fall
    when = "At it" if one.date == date else f"On {one.date}"
    came = {True: "; it came", False: "; it did not come", None: ""}[one.followed]
    return (
        f"{when} a fall of {words(size)} within {horizon} sessions had a chance of "
        f"{chance_of(one.chance or 0.0)} in 100, usually {chance_of(one.usual or 0.0)}{came}."
    )


def followed(shown: Replay) -> str:
    """Return how many dates of a replay the fall followed, apart by what its risk was."""
    parts = []
    for name, risks in (("raised or high", ("raised", "high")), ("usual", ("usual",))):
        known = [one.followed for one in shown.said if one.risk in risks and one.followed is not None]
        if known:
            parts.append(f"{sum(known)} of the {len(known)} dates with a risk that was {name}")
    return f"The fall followed {' and '.join(parts)}; dates overlap." if parts else ""


def _tc(firing: Firing) -> str:
    if firing.tc is None or firing.tc_error is None:
        return "no window qualified"
    side = "after" if firing.tc_error >= 0 else "before"
    held = "holds the turn" if firing.tc_covers else "misses the turn"
    return f"{firing.tc[0]} to {firing.tc[2]}, {held}; median {abs(firing.tc_error)} sessions {side} it"
